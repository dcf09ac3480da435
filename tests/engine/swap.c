/* An attacker: changes a name or a file's bytes over and over until SIGTERM, then says how often.
     swap names A B                 A and B change places
     swap names A B DIRECTORY HEAD  the same, but only once DIRECTORY holds a name that begins with HEAD
     swap found DIRECTORY HEAD B    the name that begins with HEAD and B change places
     swap bytes FILE A B            FILE gets the bytes of A and of B in turn, in place
     swap plant LINK TARGET         a link to TARGET appears and vanishes
   Says "ready" as soon as it is at work, or waits for its moment. Leaves names as it found them, if both are still there. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { longest_pause = 3000 /* microseconds */, most_bytes = 32 << 20 };

static volatile sig_atomic_t told_to_stop;
static char found[4096];

static void stop(int signal) {
  (void)signal;
  told_to_stop = 1;
}

/* Now and then at once, now and then late: no two runs meet the same moments. */
static void pause_a_little(void) {
  static uint32_t state = 0;
  if (state == 0) {
    state = (uint32_t)getpid() * 2654435761u | 1u;
  }
  state = state * 1664525u + 1013904223u;
  struct timespec time = {.tv_nsec = (long)((state >> 16) % longest_pause) * 1000};
  nanosleep(&time, NULL);
}

static int is_there(const char *directory, const char *head) {
  DIR *stream = opendir(directory);
  int there = 0;
  for (struct dirent *entry; stream != NULL && !there && (entry = readdir(stream)) != NULL;) {
    there = strncmp(entry->d_name, head, strlen(head)) == 0;
    if (there) {
      snprintf(found, sizeof found, "%s/%s", directory, entry->d_name);
    }
  }
  if (stream != NULL) {
    closedir(stream);
  }
  return there;
}

static void wait_for(const char *directory, const char *head) {
  while (!told_to_stop && !is_there(directory, head)) {
  }
}

static long swap_names(const char *left, const char *right) {
  long done = 0;
  while (!told_to_stop) {
    done += renameat2(AT_FDCWD, left, AT_FDCWD, right, RENAME_EXCHANGE) == 0;
    pause_a_little();
  }
  if (done % 2 != 0) {
    renameat2(AT_FDCWD, left, AT_FDCWD, right, RENAME_EXCHANGE);
  }
  return done;
}

static size_t bytes_of(const char *path, char *into) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? -1 : read(file, into, most_bytes);
  if (length <= 0) {
    perror(path);
    exit(1);
  }
  close(file);
  return (size_t)length;
}

static long swap_bytes(const char *path, const char *left, const char *right) {
  char *bytes[2] = {malloc(most_bytes), malloc(most_bytes)};
  size_t lengths[2] = {bytes_of(left, bytes[0]), bytes_of(right, bytes[1])};
  int file = open(path, O_WRONLY | O_CLOEXEC);
  long done = 0;
  for (; !told_to_stop; ++done) {
    int turn = (done + 1) % 2;
    if (pwrite(file, bytes[turn], lengths[turn], 0) != (ssize_t)lengths[turn] || ftruncate(file, (off_t)lengths[turn]) != 0) {
      perror(path);
      exit(1);
    }
    pause_a_little();
  }
  return done;
}

static long plant(const char *link_name, const char *target) {
  long done = 0;
  while (!told_to_stop) {
    if (symlink(target, link_name) == 0) {
      ++done;
      pause_a_little();
      unlink(link_name);
    }
    pause_a_little();
  }
  return done;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  puts("ready");
  fflush(stdout);
  long done = -1;
  if (strcmp(what, "names") == 0 && (count == 4 || count == 6)) {
    if (count == 6) {
      wait_for(words[4], words[5]);
    }
    done = swap_names(words[2], words[3]);
  } else if (strcmp(what, "found") == 0 && count == 5) {
    wait_for(words[2], words[3]);
    done = swap_names(found, words[4]);
  } else if (strcmp(what, "bytes") == 0 && count == 5) {
    done = swap_bytes(words[2], words[3], words[4]);
  } else if (strcmp(what, "plant") == 0 && count == 4) {
    done = plant(words[2], words[3]);
  }
  printf("%ld\n", done);
  return done < 0;
}

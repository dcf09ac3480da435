/* measured SECONDS FILE COMMAND…: runs the command, ends it after so many seconds, and writes to FILE how many KiB its
   largest process held at most. A shell or a script would be counted itself: what a process was before it became another
   counts as well, and this is small. Ends as the command did; 124 if it took too long. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t too_long;

static void end_child(int signal) {
  (void)signal;
  too_long = 1;
  kill(child, SIGKILL);
}

int main(int count, char **words) {
  if (count < 4) {
    return 125;
  }
  child = fork();
  if (child == 0) {
    execvp(words[3], words + 3);
    perror(words[3]);
    _exit(127);
  }
  struct sigaction action = {.sa_handler = end_child, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  alarm((unsigned)atoi(words[1]));
  int status = 0;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) {
    return 125;
  }
  FILE *file = fopen(words[2], "w");
  if (file == NULL || fprintf(file, "%ld\n", usage.ru_maxrss) < 0 || fclose(file) != 0) {
    return 125;
  }
  return too_long ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// For the portable program on POWER. Its compiler takes a long double to be IEEE's of 128 bits, for which glibc has names of
// their own, since 2.32: whoever is compiled so asks for __snprintfieee128 where others ask for snprintf. The two differ in how
// a long double is read, and in nothing else: all other arguments, and where the list of them lies, are the same. Neither
// this program nor what is linked into it formats or scans a long double (%Lf and its like), so that the older names, which
// every glibc of that machine has, do what is wanted. The three that answer a long double answer that of the double.

#include <stdarg.h>
#include <stddef.h>

// Declared here, under names that the compiler knows nothing of: the headers would lead the real ones back to those below.
struct file;
struct locale;
int plain_vsscanf(const char* text, const char* format, va_list list) __asm__("__isoc99_vsscanf");
int plain_vasprintf(char** out, const char* format, va_list list) __asm__("vasprintf");
int plain_vfprintf(struct file* out, const char* format, va_list list) __asm__("vfprintf");
int plain_vsnprintf(char* out, size_t size, const char* format, va_list list) __asm__("vsnprintf");
int plain_vfprintf_chk(struct file* out, int flag, const char* format, va_list list) __asm__("__vfprintf_chk");
int plain_vsnprintf_chk(char* out, size_t size, int flag, size_t room, const char* format, va_list list)
    __asm__("__vsnprintf_chk");
int plain_vsprintf(char* out, const char* format, va_list list) __asm__("vsprintf");
int plain_vswprintf(wchar_t* out, size_t size, const wchar_t* format, va_list list) __asm__("vswprintf");
void plain_vsyslog(int priority, const char* format, va_list list) __asm__("vsyslog");
double plain_strtod(const char* text, char** end) __asm__("strtod");
double plain_strtod_l(const char* text, char** end, struct locale* locale) __asm__("strtod_l");
double plain_wcstod(const wchar_t* text, wchar_t** end) __asm__("wcstod");

#pragma clang attribute push(__attribute__((visibility("hidden"))), apply_to = function)

int __vasprintfieee128(char** out, const char* format, va_list list) {
  return plain_vasprintf(out, format, list);
}

int __vfprintfieee128(struct file* out, const char* format, va_list list) {
  return plain_vfprintf(out, format, list);
}

int __vsnprintfieee128(char* out, size_t size, const char* format, va_list list) {
  return plain_vsnprintf(out, size, format, list);
}

int __vfprintf_chkieee128(struct file* out, int flag, const char* format, va_list list) {
  return plain_vfprintf_chk(out, flag, format, list);
}

int __vsnprintf_chkieee128(char* out, size_t size, int flag, size_t room, const char* format, va_list list) {
  return plain_vsnprintf_chk(out, size, flag, room, format, list);
}

int __vsprintfieee128(char* out, const char* format, va_list list) {
  return plain_vsprintf(out, format, list);
}

int __fprintfieee128(struct file* out, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int answer = plain_vfprintf(out, format, list);
  va_end(list);
  return answer;
}

int __snprintfieee128(char* out, size_t size, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int answer = plain_vsnprintf(out, size, format, list);
  va_end(list);
  return answer;
}

int __sprintfieee128(char* out, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int answer = plain_vsprintf(out, format, list);
  va_end(list);
  return answer;
}

int __swprintfieee128(wchar_t* out, size_t size, const wchar_t* format, ...) {
  va_list list;
  va_start(list, format);
  const int answer = plain_vswprintf(out, size, format, list);
  va_end(list);
  return answer;
}

int __isoc99_sscanfieee128(const char* text, const char* format, ...) {
  va_list list;
  va_start(list, format);
  const int answer = plain_vsscanf(text, format, list);
  va_end(list);
  return answer;
}

void __syslogieee128(int priority, const char* format, ...) {
  va_list list;
  va_start(list, format);
  plain_vsyslog(priority, format, list);
  va_end(list);
}

long double __strtoieee128(const char* text, char** end) {
  return plain_strtod(text, end);
}

long double __strtoieee128_l(const char* text, char** end, struct locale* locale) {
  return plain_strtod_l(text, end, locale);
}

long double __wcstoieee128(const wchar_t* text, wchar_t** end) {
  return plain_wcstod(text, end);
}

#pragma clang attribute pop

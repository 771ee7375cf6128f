/*
 * A disk that hangs, to be loaded before a program (LD_PRELOAD): while the file HANG_WHILE exists, every call that reads
 * from the disk under the folder HANG_UNDER or puts something onto it waits, in whatever thread it is made. Files that
 * are waited for are told in HANG_WHILE.met. Both lie elsewhere.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_for_disk(int fd) {
  const char *under = getenv("HANG_UNDER");
  const char *file = getenv("HANG_WHILE");
  char link[64], path[4096];
  if (fd < 3 || under == NULL || file == NULL) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = '\0';
  if (strncmp(path, under, strlen(under)) != 0) return;
  if (access(file, F_OK) != 0) return;
  char met[4096];
  snprintf(met, sizeof met, "%s.met", file);
  int told = open(met, O_WRONLY | O_CREAT | O_APPEND, 0600);
  dprintf(told, "%s\n", path);
  close(told);
  while (access(file, F_OK) == 0) usleep(20000);
}

#define HANGING(result, name, parameters, ...) \
  result name parameters { \
    static __typeof__(&name) real; \
    if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
    wait_for_disk(fd); \
    return real(__VA_ARGS__); \
  }

HANGING(ssize_t, read, (int fd, void *bytes, size_t count), fd, bytes, count)
HANGING(ssize_t, pread, (int fd, void *bytes, size_t count, off_t at), fd, bytes, count, at)
HANGING(ssize_t, pread64, (int fd, void *bytes, size_t count, off64_t at), fd, bytes, count, at)
HANGING(ssize_t, write, (int fd, const void *bytes, size_t count), fd, bytes, count)
HANGING(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), fd, bytes, count, at)
HANGING(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), fd, bytes, count, at)
HANGING(int, ftruncate, (int fd, off_t length), fd, length)
HANGING(int, ftruncate64, (int fd, off64_t length), fd, length)
HANGING(int, fsync, (int fd), fd)
HANGING(int, fdatasync, (int fd), fd)

/* Load generator for NUT servers: N connections, each keeps D requests under way for S seconds.
 *   nut-load PORT CONNECTIONS DEPTH SECONDS REQUEST...
 * Prints one line of JSON: replies per second and the median and 99th percentile of the time to a reply.
 * One thread and epoll, so that the generator is never the slower side. A reply is a line, or all of a list. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 4096, MAX_DEPTH = 512, LINE_START = 8, SAMPLES = 1 << 22 };

struct connection {
  int fd;
  char line[LINE_START]; /* how the current line begins */
  int length;
  int is_in_list;
  uint64_t sent_at[MAX_DEPTH]; /* ring, one per request under way */
  unsigned first, under_way;
};

static struct connection connections[MAX_CONNECTIONS];
static uint32_t samples[SAMPLES]; /* nanoseconds */
static uint64_t replies;
static char request[1024];
static size_t request_length;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void ask(struct connection *c, unsigned count) {
  static char out[MAX_DEPTH * sizeof request];
  size_t length = 0;
  uint64_t now = now_ns();
  for (unsigned i = 0; i < count; i++) {
    memcpy(out + length, request, request_length);
    length += request_length;
    c->sent_at[(c->first + c->under_way++) % MAX_DEPTH] = now;
  }
  if (write(c->fd, out, length) != (ssize_t)length) die("write");
}

/* One line has ended. Returns whether it ended a reply. */
static int ends_reply(struct connection *c) {
  if (c->is_in_list) {
    if (strncmp(c->line, "END LIST", LINE_START) != 0) return 0;
    c->is_in_list = 0;
    return 1;
  }
  if (strncmp(c->line, "BEGIN LI", LINE_START) == 0) {
    c->is_in_list = 1;
    return 0;
  }
  if (strncmp(c->line, "ERR", 3) == 0) {
    fprintf(stderr, "the server refuses: %.8s\n", c->line);
    exit(1);
  }
  return 1;
}

static void take(struct connection *c) {
  static char in[65536];
  ssize_t got = read(c->fd, in, sizeof in);
  if (got <= 0) die("read");
  uint64_t now = now_ns();
  unsigned done = 0;
  for (ssize_t i = 0; i < got; i++) {
    if (in[i] != '\n') {
      if (c->length < LINE_START) c->line[c->length++] = in[i];
      continue;
    }
    if (c->length < LINE_START) c->line[c->length] = 0;
    c->length = 0;
    if (!ends_reply(c)) continue;
    uint64_t took = now - c->sent_at[c->first];
    samples[replies % SAMPLES] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    replies++;
    c->first = (c->first + 1) % MAX_DEPTH;
    c->under_way--;
    done++;
  }
  if (done > 0) ask(c, done);
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  int port = atoi(argv[1]), count = atoi(argv[2]), depth = atoi(argv[3]);
  double seconds = atof(argv[4]);
  if (count < 1 || count > MAX_CONNECTIONS || depth < 1 || depth > MAX_DEPTH) return 2;
  for (int i = 5; i < argc; i++) {
    request_length += (size_t)snprintf(request + request_length, sizeof request - request_length, "%s%c", argv[i],
                                       i + 1 < argc ? ' ' : '\n');
  }

  int poll = epoll_create1(0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < count; i++) {
    struct connection *c = &connections[i];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
    /* Once answered it is accepted. upsd lets 16 connections wait; more would be tried again after a second. */
    char answer[64];
    if (write(c->fd, "NETVER\n", 7) != 7 || read(c->fd, answer, sizeof answer) <= 0) die("first request");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll_ctl");
  }
  for (int i = 0; i < count; i++) ask(&connections[i], (unsigned)depth);

  uint64_t began = now_ns(), warm = began + 200000000u, end = began + (uint64_t)(seconds * 1e9);
  int is_warm = 0;
  struct epoll_event events[256];
  while (now_ns() < end) {
    int ready = epoll_wait(poll, events, 256, 100);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) take(events[i].data.ptr);
    if (!is_warm && now_ns() > warm) {
      is_warm = 1;
      replies = 0;
      began = now_ns();
    }
  }
  double took = (double)(now_ns() - began) / 1e9;
  size_t kept = replies < SAMPLES ? (size_t)replies : SAMPLES;
  qsort(samples, kept, sizeof *samples, compare);
  printf("{\"perSecond\":%.1f,\"p50us\":%.1f,\"p99us\":%.1f,\"replies\":%llu}\n", (double)replies / took,
         kept ? samples[kept / 2] / 1e3 : 0.0, kept ? samples[kept * 99 / 100] / 1e3 : 0.0,
         (unsigned long long)replies);
  return 0;
}

/* A wall clock that a test can set while a program runs; preloaded (ld.so(8): LD_PRELOAD).
 *
 * REMIND_TEST_CLOCK names a folder with two files:
 *   offset   two 64-bit integers, nanoseconds: what is added to CLOCK_REALTIME, and to CLOCK_BOOTTIME
 *   was-set  a FIFO: a byte in it stands for the kernel's notice that the clock was set
 *
 * CLOCK_MONOTONIC stays as it is: it stands still while a machine sleeps, and nobody can set it.
 * A timerfd on CLOCK_REALTIME becomes the FIFO, so that it is readable when the clock was set, as
 * TFD_TIMER_CANCEL_ON_SET has it (timerfd_create(2)); its alarm itself never rings.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { WALL, BOOT, OFFSETS };
static const int64_t A_SECOND = 1000000000;
static const volatile int64_t *offsets;

static int open_in_folder(const char *name, int flags)
{
    const char *folder = getenv("REMIND_TEST_CLOCK");
    char path[4096];
    if (!folder || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        errno = ENOENT;
        return -1;
    }
    return open(path, flags | O_CLOEXEC);
}

static int64_t offset(int which)
{
    static const int64_t none[OFFSETS];
    if (!offsets) {
        int file = open_in_folder("offset", O_RDONLY);
        void *found = file < 0 ? MAP_FAILED : mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
        if (file >= 0)
            close(file);
        offsets = found == MAP_FAILED ? none : found;
    }
    return offsets[which];
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = syscall(SYS_clock_gettime, clock, now);
    int64_t moved = 0;
    if (failed)
        return failed;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        moved = offset(WALL);
    else if (clock == CLOCK_BOOTTIME)
        moved = offset(BOOT);
    moved += now->tv_sec * A_SECOND + now->tv_nsec;
    now->tv_sec = moved / A_SECOND;
    now->tv_nsec = moved % A_SECOND;
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *where)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where)
        *where = now.tv_sec;
    return now.tv_sec;
}

int timerfd_create(int clock, int flags)
{
    if (clock == CLOCK_REALTIME)
        return open_in_folder("was-set", O_RDWR | O_NONBLOCK);
    return syscall(SYS_timerfd_create, clock, flags);
}

int timerfd_settime(int timer, int flags, const struct itimerspec *alarm, struct itimerspec *before)
{
    if (flags & TFD_TIMER_CANCEL_ON_SET)
        return 0;
    return syscall(SYS_timerfd_settime, timer, flags, alarm, before);
}

/* Stands between a process and libc, and fails, kills or records at a call that changes files.
 *
 * Every process of a trial maps one plan (preload.py writes it) and counts its calls in there, so a
 * number names one call of the whole trial. Only calls on paths below the plan's root count. Writes
 * through a mapping pass unseen; the rig of power cuts proves that none of them matters.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum action { COUNT, KILL_BEFORE, KILL_AFTER, FAIL, SHORTEN };
enum whom { EVERYONE, ENGINE, OTHERS };

struct plan {
    int64_t count, first, last, fired; /* calls seen; those to act on; how often that was done */
    int64_t action, error, whom;
    int64_t engine;      /* the process whose group is killed */
    int64_t clock_shift; /* nanoseconds that the wall clock is ahead */
    int64_t lock;        /* held while a call is made and written to the log */
    char root[1024], log[1024];
};

/* What precedes two paths and the data in the log; `node` is the inode, 0 where there is none. */
struct entry {
    uint32_t size, kind;
    int64_t number, node, offset, length;
    uint32_t first_path, second_path;
};

static struct plan *plan;
static int log_file = -1;

#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int plain_open(const char *path, int flags) {
    return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

/* Called by a forked child, and at the start of a process that finds a plan in its environment. */
int axl_follow_plan(const char *path) {
    int file = plain_open(path, O_RDWR);
    if (file < 0) return -1;
    void *found = mmap(0, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (found == MAP_FAILED) return -1;
    plan = found;
    if (*plan->log) log_file = plain_open(plan->log, O_WRONLY | O_APPEND | O_CREAT);
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("AXL_FAULT_PLAN");
    if (path && *path) axl_follow_plan(path);
}

static int is_ours(const char *path) {
    size_t length = strlen(plan->root);
    return !strncmp(path, plan->root, length) && (path[length] == '/' || !path[length]);
}

static int path_of_file(int file, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
    if (length < 0) return 0;
    out[length] = 0;
    return 1;
}

/* Makes a path absolute; returns whether it lies in the root. */
static int resolve(int folder, const char *path, char *out) {
    if (!plan || !path) return 0;
    if (path[0] == '/') {
        snprintf(out, PATH_MAX, "%s", path);
    } else {
        char base[PATH_MAX];
        if (folder == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of_file(folder, base)) return 0;
        snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
    }
    return is_ours(out);
}

static int file_is_ours(int file, char *out) {
    return plan && file >= 0 && path_of_file(file, out) && is_ours(out);
}

static int64_t node_of(int file) {
    struct stat facts;
    return fstat(file, &facts) ? 0 : (int64_t)facts.st_ino;
}

static int64_t node_at(const char *path) {
    struct stat facts;
    return lstat(path, &facts) ? 0 : (int64_t)facts.st_ino;
}

static void record(char kind, int64_t number, int64_t node, int64_t offset, int64_t length, const char *one,
                   const char *two, const void *data) {
    struct entry entry = {.kind = kind, .number = number, .node = node, .offset = offset, .length = length};
    entry.first_path = strlen(one);
    entry.second_path = strlen(two);
    size_t bytes = data ? length : 0;
    entry.size = sizeof entry + entry.first_path + entry.second_path + bytes;
    struct iovec parts[] = {{&entry, sizeof entry},
                            {(void *)one, entry.first_path},
                            {(void *)two, entry.second_path},
                            {(void *)data, bytes}};
    syscall(SYS_writev, log_file, parts, 4);
}

static void enter(void) {
    if (log_file < 0) return;
    int64_t free = 0;
    while (!__atomic_compare_exchange_n(&plan->lock, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        free = 0;
        sched_yield();
    }
}

static void leave(void) {
    if (log_file >= 0) __atomic_store_n(&plan->lock, 0, __ATOMIC_RELEASE);
}

static void kill_all(void) {
    if (plan->engine) kill(-(pid_t)plan->engine, SIGKILL);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* What has to happen to the call that is made now. */
struct fate {
    enum action action;
    int64_t number;
};

static struct fate next_call(void) {
    struct fate fate = {COUNT, 0};
    int engine = getpid() == plan->engine;
    if ((plan->whom == ENGINE && !engine) || (plan->whom == OTHERS && engine)) return fate;
    fate.number = __atomic_add_fetch(&plan->count, 1, __ATOMIC_SEQ_CST);
    if (plan->action == COUNT || fate.number < plan->first || fate.number > plan->last) return fate;
    __atomic_add_fetch(&plan->fired, 1, __ATOMIC_SEQ_CST);
    fate.action = plan->action;
    if (fate.action == KILL_BEFORE) kill_all();
    return fate;
}

static int fails(struct fate fate) {
    if (fate.action != FAIL) return 0;
    errno = plan->error;
    return 1;
}

static void after(struct fate fate) {
    if (fate.action == KILL_AFTER) kill_all();
}

/* The whole life of a call that changes names: count, perhaps fail, do, record, perhaps die. */
#define CHANGE(kind, one, two, call)                                                               \
    do {                                                                                           \
        struct fate fate = next_call();                                                            \
        if (fails(fate)) return -1;                                                                \
        enter();                                                                                   \
        int64_t node = kind == 'm' ? 0 : node_at(one);                                             \
        int result = call;                                                                         \
        int kept = errno;                                                                          \
        if (log_file >= 0 && result >= 0)                                                          \
            record(kind, fate.number, kind == 'm' ? node_at(one) : node, 0, 0, one, two, 0);       \
        leave();                                                                                   \
        after(fate);                                                                               \
        errno = kept;                                                                              \
        return result;                                                                             \
    } while (0)

static int opened(int folder, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    int writes = flags & (O_CREAT | O_TRUNC) || (flags & O_ACCMODE) != O_RDONLY;
    if (!writes || !resolve(folder, path, full)) return syscall(SYS_openat, folder, path, flags, mode);
    struct fate fate = next_call();
    if (fails(fate)) return -1;
    enter();
    int64_t before = node_at(full);
    int file = syscall(SYS_openat, folder, path, flags, mode);
    int kept = errno;
    if (log_file >= 0 && file >= 0)
        record(before ? flags & O_TRUNC ? 't' : 'o' : 'c', fate.number, node_of(file), 0, 0, full, "", 0);
    leave();
    after(fate);
    errno = kept;
    return file;
}

#define MODE(flags)                                                                                \
    mode_t mode = 0;                                                                               \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                           \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, int);                                                                  \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) return opened(folder, path, flags, mode); }

static ssize_t plain_write(int file, const void *data, size_t length, int64_t offset) {
    if (offset < 0) return syscall(SYS_write, file, data, length);
    return syscall(SYS_pwrite64, file, data, length, offset);
}

/* An offset of -1 means the file's own position. A killed write has written half. */
static ssize_t written(int file, const void *data, size_t length, int64_t offset) {
    char full[PATH_MAX];
    if (!file_is_ours(file, full)) {
        if (plan && log_file >= 0 && (file == 1 || file == 2) && getpid() == plan->engine) {
            enter();
            record('s', 0, 0, 0, length, "", "", data);
            leave();
        }
        return plain_write(file, data, length, offset);
    }
    struct fate fate = next_call();
    if (fails(fate)) return -1;
    size_t part = (fate.action == SHORTEN || fate.action == KILL_AFTER) && length > 1 ? length / 2 : length;
    enter();
    ssize_t count = plain_write(file, data, part, offset);
    int kept = errno;
    if (log_file >= 0 && count > 0) {
        int appends = fcntl(file, F_GETFL) & O_APPEND;
        int64_t at = offset >= 0 && !appends ? offset : (int64_t)lseek(file, 0, SEEK_CUR) - count;
        record('w', fate.number, node_of(file), at, count, full, "", data);
    }
    leave();
    after(fate);
    errno = kept;
    return count;
}

ssize_t write(int file, const void *data, size_t length) { return written(file, data, length, -1); }
ssize_t pwrite(int file, const void *data, size_t length, off_t at) { return written(file, data, length, at); }
ssize_t pwrite64(int file, const void *data, size_t length, off64_t at) { return written(file, data, length, at); }

/* The parts one after the other: nobody is promised more. */
ssize_t writev(int file, const struct iovec *parts, int count) {
    char full[PATH_MAX];
    if (!file_is_ours(file, full)) return syscall(SYS_writev, file, parts, count);
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t done = written(file, parts[i].iov_base, parts[i].iov_len, -1);
        if (done < 0) return total ? total : -1;
        total += done;
        if ((size_t)done < parts[i].iov_len) break;
    }
    return total;
}

static int synced(int file, long call) {
    char full[PATH_MAX];
    if (!file_is_ours(file, full)) return syscall(call, file);
    struct fate fate = next_call();
    if (fails(fate)) return -1;
    enter();
    int result = syscall(call, file);
    int kept = errno;
    if (log_file >= 0 && !result) record('f', fate.number, node_of(file), 0, 0, full, "", 0);
    leave();
    after(fate);
    errno = kept;
    return result;
}

int fsync(int file) { return synced(file, SYS_fsync); }
int fdatasync(int file) { return synced(file, SYS_fdatasync); }

static int truncated(int file, int64_t length) {
    char full[PATH_MAX];
    if (!file_is_ours(file, full)) return syscall(SYS_ftruncate, file, length);
    struct fate fate = next_call();
    if (fails(fate)) return -1;
    enter();
    int result = syscall(SYS_ftruncate, file, length);
    int kept = errno;
    if (log_file >= 0 && !result) record('l', fate.number, node_of(file), 0, length, full, "", 0);
    leave();
    after(fate);
    errno = kept;
    return result;
}

int ftruncate(int file, off_t length) { return truncated(file, length); }
int ftruncate64(int file, off64_t length) { return truncated(file, length); }

#define TWO_PATHS(real_call, from_folder, from, to_folder, to, kind)                               \
    char one[PATH_MAX], two[PATH_MAX];                                                             \
    int ours = resolve(from_folder, from, one);                                                    \
    if (!(resolve(to_folder, to, two) | ours)) return real_call;                                   \
    CHANGE(kind, one, two, real_call)

int rename(const char *from, const char *to) {
    REAL(rename);
    TWO_PATHS(real(from, to), AT_FDCWD, from, AT_FDCWD, to, 'r');
}

int renameat(int x, const char *from, int y, const char *to) {
    REAL(renameat);
    TWO_PATHS(real(x, from, y, to), x, from, y, to, 'r');
}

int link(const char *from, const char *to) {
    REAL(link);
    TWO_PATHS(real(from, to), AT_FDCWD, from, AT_FDCWD, to, 'h');
}

int linkat(int x, const char *from, int y, const char *to, int flags) {
    REAL(linkat);
    TWO_PATHS(real(x, from, y, to, flags), x, from, y, to, 'h');
}

#define ONE_PATH(real_call, folder, path, kind)                                                    \
    char one[PATH_MAX];                                                                            \
    if (!resolve(folder, path, one)) return real_call;                                             \
    CHANGE(kind, one, "", real_call)

int unlink(const char *path) {
    REAL(unlink);
    ONE_PATH(real(path), AT_FDCWD, path, 'u');
}

int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat);
    ONE_PATH(real(folder, path, flags), folder, path, flags & AT_REMOVEDIR ? 'd' : 'u');
}

int rmdir(const char *path) {
    REAL(rmdir);
    ONE_PATH(real(path), AT_FDCWD, path, 'd');
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    ONE_PATH(real(path, mode), AT_FDCWD, path, 'm');
}

int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(mkdirat);
    ONE_PATH(real(folder, path, mode), folder, path, 'm');
}

/* The wall clock, which a plan can move while everything runs; the monotonic one is left alone. */
int clock_gettime(clockid_t clock, struct timespec *out) {
    REAL(clock_gettime);
    int result = real(clock, out);
    if (plan && !result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t now = out->tv_sec * 1000000000LL + out->tv_nsec + plan->clock_shift;
        out->tv_sec = now / 1000000000LL;
        out->tv_nsec = now % 1000000000LL;
    }
    return result;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

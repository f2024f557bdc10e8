// Runs a command and writes its processor time in seconds, its wall time and its peak memory in KiB to a file. A process begins with
// the peak of the one that started it, so that a driver with a lot of memory cannot measure small programs itself.
//
//     measure REPORT COMMAND [ARGUMENTS]
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

int main(int count, char **arguments) {
    if (count < 3) return 64;
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[2], arguments + 2);
        perror(arguments[2]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) return 71;
    double wall = now() - begin;
    FILE *report = fopen(arguments[1], "w");
    if (!report) return 73;
#ifdef __APPLE__
    usage.ru_maxrss /= 1024;
#endif
    fprintf(report, "%.6f %.6f %ld\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), wall, (long)usage.ru_maxrss);
    fclose(report);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}

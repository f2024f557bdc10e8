// The limit that the library's pooling is measured against: the same numbers in plain C, as fast as we could write it.
//
//     kernel DATA.f64 STUDIES common|DL scalar|lanes [REPEATS [RESULTS.f64]]
//
// DATA.f64 holds all effects, then all variances, those of a group next to each other. `scalar` takes one group at a time, `lanes`
// eight side by side. For each group five numbers are stored, as the library stores them: estimate, standard error, tau squared,
// Q and I squared. Sums are taken about the mean, so that Q loses no digits.
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANES = 8 };
typedef double vector __attribute__((vector_size(8 * LANES)));
typedef long long mask __attribute__((vector_size(8 * LANES)));

typedef struct {
    double *estimate, *standard_error, *tau_squared, *q, *i_squared;
} results;

static void common_scalar(const double *y, const double *v, size_t groups, size_t k, results out, double *w) {
    for (size_t g = 0; g < groups; g++, y += k, v += k) {
        double sum = 0, product = 0, q = 0;
        for (size_t j = 0; j < k; j++) {
            w[j] = 1 / v[j];
            sum += w[j];
            product += w[j] * y[j];
        }
        double mean = product / sum;
        for (size_t j = 0; j < k; j++) q += w[j] * (y[j] - mean) * (y[j] - mean);
        out.estimate[g] = mean;
        out.standard_error[g] = sqrt(1 / sum);
        out.tau_squared[g] = 0;
        out.q[g] = q;
        out.i_squared[g] = q > (double)(k - 1) ? 100 * (q - (double)(k - 1)) / q : 0;
    }
}

static void moments_scalar(const double *y, const double *v, size_t groups, size_t k, results out, double *w) {
    for (size_t g = 0; g < groups; g++, y += k, v += k) {
        double sum = 0, squares = 0, product = 0, q = 0;
        for (size_t j = 0; j < k; j++) {
            w[j] = 1 / v[j];
            sum += w[j];
            squares += w[j] * w[j];
            product += w[j] * y[j];
        }
        double mean = product / sum;
        for (size_t j = 0; j < k; j++) q += w[j] * (y[j] - mean) * (y[j] - mean);
        double scale = sum - squares / sum, tau = (q - (double)(k - 1)) / scale;
        tau = tau > 0 ? tau : 0;
        sum = product = 0;
        for (size_t j = 0; j < k; j++) {
            double weight = 1 / (v[j] + tau);
            sum += weight;
            product += weight * y[j];
        }
        out.estimate[g] = product / sum;
        out.standard_error[g] = sqrt(1 / sum);
        out.tau_squared[g] = tau;
        out.q[g] = q;
        // Tau squared over itself and the typical variance, (k - 1) / scale.
        out.i_squared[g] = 100 * tau / (tau + (double)(k - 1) / scale);
    }
}

static inline vector gather(const double *first, size_t stride) {
    vector loaded;
    for (int lane = 0; lane < LANES; lane++) loaded[lane] = first[(size_t)lane * stride];
    return loaded;
}

static inline vector square_root(vector x) {
    vector root;
    for (int lane = 0; lane < LANES; lane++) root[lane] = sqrt(x[lane]);
    return root;
}

static inline vector above_zero(vector x) { return (vector)((mask)x & (x > 0)); }

static inline void store(double *place, vector x) { memcpy(place, &x, sizeof x); }

// Inlined with k known for the sizes that are timed, as a compiler of templates would.
static inline __attribute__((always_inline)) void lanes(
    const double *y, const double *v, size_t groups, size_t k, results out, double *scratch, int random) {
    vector *effects = (vector *)scratch, *variances = effects + k;
    double freedom = (double)(k - 1);
    for (size_t g = 0; g < groups; g += LANES, y += LANES * k, v += LANES * k) {
        vector sum = {0}, squares = {0}, product = {0}, q = {0}, tau = {0};
        for (size_t j = 0; j < k; j++) {
            effects[j] = gather(y + j, k);
            variances[j] = gather(v + j, k);
            vector w = 1 / variances[j];
            sum += w;
            squares += w * w;
            product += w * effects[j];
        }
        vector mean = product / sum;
        for (size_t j = 0; j < k; j++) {
            vector residual = effects[j] - mean;
            q += residual * residual / variances[j];
        }
        if (random) {
            vector scale = sum - squares / sum;
            tau = above_zero((q - freedom) / scale);
            sum = product = (vector){0};
            for (size_t j = 0; j < k; j++) {
                vector w = 1 / (variances[j] + tau);
                sum += w;
                product += w * effects[j];
            }
            mean = product / sum;
            store(out.i_squared + g, 100 * tau / (tau + freedom / scale));
        } else {
            store(out.i_squared + g, above_zero(100 * (q - freedom) / q));
        }
        store(out.estimate + g, mean);
        store(out.standard_error + g, square_root(1 / sum));
        store(out.tau_squared + g, tau);
        store(out.q + g, q);
    }
}

#define LANES_FOR(name, random)                                                                                     \
    static void name(const double *y, const double *v, size_t groups, size_t k, results out, double *scratch) {     \
        size_t whole = groups / LANES * LANES;                                                                      \
        switch (k) {                                                                                                \
        case 5: lanes(y, v, whole, 5, out, scratch, random); break;                                                 \
        case 10: lanes(y, v, whole, 10, out, scratch, random); break;                                               \
        default: lanes(y, v, whole, k, out, scratch, random);                                                       \
        }                                                                                                           \
        results rest = {out.estimate + whole, out.standard_error + whole, out.tau_squared + whole, out.q + whole,   \
            out.i_squared + whole};                                                                                 \
        (random ? moments_scalar : common_scalar)(y + whole * k, v + whole * k, groups - whole, k, rest, scratch);  \
    }
LANES_FOR(common_lanes, 0)
LANES_FOR(moments_lanes, 1)

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double total(const double *values, size_t count) {
    double sum = 0;
    for (size_t index = 0; index < count; index++) sum += values[index];
    return sum;
}

int main(int count, char **arguments) {
    FILE *file = count > 4 ? fopen(arguments[1], "rb") : NULL;
    if (!file) return fputs("kernel DATA.f64 STUDIES common|DL scalar|lanes [REPEATS [RESULTS.f64]]\n", stderr), 64;
    fseek(file, 0, SEEK_END);
    size_t k = strtoul(arguments[2], NULL, 10), studies = (size_t)ftell(file) / 16, groups = studies / k;
    int random = strcmp(arguments[3], "common") != 0, wide = strcmp(arguments[4], "scalar") != 0;
    size_t repeats = count > 5 ? strtoul(arguments[5], NULL, 10) : 7;
    rewind(file);
    double *data = malloc(16 * studies), *stored = malloc(40 * groups), *cpu = malloc(16 * repeats), *wall = cpu + repeats;
    double *scratch = aligned_alloc(64, 2 * 8 * LANES * k);
    if (!data || !stored || !cpu || !scratch || fread(data, 8, 2 * studies, file) != 2 * studies) return 1;
    fclose(file);

    results out = {stored, stored + groups, stored + 2 * groups, stored + 3 * groups, stored + 4 * groups};
    void (*pool)(const double *, const double *, size_t, size_t, results, double *) =
        random ? (wide ? moments_lanes : moments_scalar) : (wide ? common_lanes : common_scalar);
    // The first touches the memory.
    pool(data, data + studies, groups, k, out, scratch);
    for (size_t index = 0; index < repeats; index++) {
        double start = seconds(CLOCK_PROCESS_CPUTIME_ID), begin = seconds(CLOCK_MONOTONIC);
        pool(data, data + studies, groups, k, out, scratch);
        cpu[index] = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        wall[index] = seconds(CLOCK_MONOTONIC) - begin;
    }
    qsort(cpu, repeats, 8, ascending);
    qsort(wall, repeats, 8, ascending);
    double median = cpu[repeats / 2];
    printf("tool=C-%s-%s model=%s interval=wald groups=%zu studies=%zu threads=1 cpu_min=%.9g cpu_median=%.9g wall_min=%.9g "
           "wall_median=%.9g rate_max=%.9g rate_median=%.9g sum_estimate=%.17g sum_tau2=%.17g sum_se=%.17g\n",
        BUILD, arguments[4], arguments[3], groups, k, cpu[0], median, wall[0], wall[repeats / 2], (double)groups / cpu[0],
        (double)groups / median, total(out.estimate, groups), total(out.tau_squared, groups),
        total(out.standard_error, groups));
    if (count > 6 && (file = fopen(arguments[6], "wb"))) {
        fwrite(stored, 8, 5 * groups, file);
        fclose(file);
    }
    return 0;
}

package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Team;

/** A team that belongs to a backend. */
sealed interface CpuTeam extends Team, AutoCloseable permits OmpTeam, JavaTeam {

    /** Called by a thread before it runs or compiles, so that the library's own parallel regions are as wide as the team. */
    void enter();

    /** Ends the threads that belong to the team. Idempotent. */
    @Override
    void close();

    /** A team on the OpenMP runtime if it offers GNU's entry points, as GNU's and LLVM's do; otherwise one of Java threads. */
    static CpuTeam of(DnnlLibrary library, int threads) {
        var symbols = library.openMp().orElse(library.dnnl());
        boolean usable = symbols.find("GOMP_parallel").isPresent() && symbols.find("omp_set_num_threads").isPresent()
                && symbols.find("omp_get_thread_num").isPresent() && symbols.find("omp_get_num_threads").isPresent();
        return usable ? new OmpTeam(symbols, threads) : new JavaTeam(threads);
    }
}

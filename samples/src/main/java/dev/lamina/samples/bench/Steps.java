package dev.lamina.samples.bench;

import dev.lamina.backend.Executable;
import dev.lamina.backend.Profiled;
import dev.lamina.backend.State;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/** Steps that tell how long they took. */
interface Steps {
    /** Runs so many steps and returns the seconds they took in all. */
    double seconds(int runs);

    /** By which clock, for people. */
    String clock();

    /**
     * An executable's runs: by the device's clock, with the inputs left there by one run, if it has one; else by this process's clock,
     * inputs brought anew for each run and the output read once at the end.
     */
    static Steps of(Executable executable, State state, Map<String, Tensor> inputs, String output, Tensor result) {
        Optional<Profiled> profiled = executable.profiled();
        if (profiled.isEmpty()) {
            return new ByThisProcess(executable, state, inputs, output, result);
        }
        executable.run(state, inputs);
        executable.read(output, result);
        return new ByDevice(profiled.get(), state);
    }

    /** Replays on the device. */
    record ByDevice(Profiled profiled, State state) implements Steps {
        @Override
        public double seconds(int runs) {
            return profiled.replay(state, runs) * 1e-3;
        }

        @Override
        public String clock() {
            return "device events";
        }
    }

    /** Runs as any program does. */
    record ByThisProcess(Executable executable, State state, Map<String, Tensor> inputs, String output, Tensor result) implements Steps {
        @Override
        public double seconds(int runs) {
            long start = System.nanoTime();
            for (int i = 0; i < runs; i++) {
                executable.run(state, inputs);
            }
            executable.read(output, result);
            return (System.nanoTime() - start) * 1e-9;
        }

        @Override
        public String clock() {
            return "wall clock";
        }
    }
}

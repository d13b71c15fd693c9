package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Another library, measured by a runner of {@code samples/peers} with a class path of its own.
 *
 * @param name its name in tables and files
 * @param mainClass the runner
 * @param variant a further argument, or empty
 * @param trains whether it can train
 * @param files where the runners are
 */
record Peer(String name, String mainClass, String variant, boolean trains, PeerFiles files, int threads, Timing timing)
        implements Contender {
    /** All peers, in the order they are measured. */
    static List<Peer> all(PeerFiles files, int threads, Timing timing) {
        return List.of(new Peer("djl", "DjlPeer", "", true, files, threads, timing),
                new Peer("bytedeco", "BytedecoPeer", "", true, files, threads, timing),
                new Peer("bytedeco-channels-last", "BytedecoPeer", "channels-last", true, files, threads, timing),
                new Peer("onnxruntime", "OnnxRuntimePeer", "", false, files, threads, timing));
    }

    @Override
    public boolean takes(Workload workload, Mode mode) {
        return trains || mode == Mode.INFER;
    }

    @Override
    public JsonNode measure(Workload workload, Mode mode) throws IOException, InterruptedException, Child.FailedException {
        Path cache = files.cache();
        List<String> command = new ArrayList<>(List.of(Jvm.java(), "--enable-native-access=ALL-UNNAMED",
                "-Dorg.bytedeco.javacpp.cachedir=" + cache.resolve("javacpp"), "-cp", files.classPath(name.split("-")[0]),
                "dev.lamina.peers." + mainClass, workload.name(), mode.label(), Integer.toString(threads),
                Double.toString(timing.seconds()), Double.toString(timing.warmUpSeconds())));
        if (!variant.isEmpty()) {
            command.add(variant);
        }
        return Child.run(command, environment(cache));
    }

    /** OpenBLAS's threads spin against PyTorch's and slow them several times unless they soon stop waiting. */
    private Map<String, String> environment(Path cache) {
        String count = Integer.toString(threads);
        return Map.of("OPENBLAS_THREAD_TIMEOUT", "4", "OPENBLAS_NUM_THREADS", count, "OMP_NUM_THREADS", count, "MKL_NUM_THREADS", count,
                "DJL_CACHE_DIR", cache.resolve("djl").toString(), "OPT_OUT_TRACKING", "true");
    }
}

package dev.lamina.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/** ONNX Runtime, for inference: all optimisations, input and output in direct memory that is made once. */
public final class OnnxRuntimePeer {
    private OnnxRuntimePeer() { }

    /** Measures; see {@link Peer.Task} for the arguments. */
    public static void main(String[] args) throws Exception {
        Peer.Task task = Peer.Task.parse(args);
        if (task.training()) {
            throw new IllegalArgumentException("onnxruntime: it infers only; mode train is not measured.");
        }
        Workload workload = task.workload();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Path file = Files.createTempFile("lamina-peer-" + workload.label(), ".onnx");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OnnxModel.write(file, workload.steps(), workload.input(), workload.classes());
            options.setIntraOpNumThreads(task.threads());
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            try (OrtSession session = environment.createSession(file.toString(), options)) {
                Files.deleteIfExists(file);
                measure(task, environment, session);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void measure(Peer.Task task, OrtEnvironment environment, OrtSession session) throws Exception {
        Workload workload = task.workload();
        FloatBuffer pixels = floats(workload.inputElements());
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < pixels.capacity(); i++) {
            pixels.put(i, (float) random.nextGaussian());
        }
        FloatBuffer result = floats(workload.batch() * workload.classes());
        try (OnnxTensor images = OnnxTensor.createTensor(environment, pixels, workload.input());
                OnnxTensor logits = OnnxTensor.createTensor(environment, result, new long[] {workload.batch(), workload.classes()})) {
            Map<String, OnnxTensor> inputs = Map.of(OnnxModel.INPUT, images);
            Map<String, OnnxTensor> outputs = Map.of(OnnxModel.OUTPUT, logits);
            Peer.measure("onnxruntime", environment.getVersion(), task, () -> session.run(inputs, outputs).close());
        }
        for (int i = 0; i < result.capacity(); i++) {
            if (!Float.isFinite(result.get(i))) {
                throw new IllegalStateException("onnxruntime: logit " + i + " is " + result.get(i)
                        + "; speeds of such a run mean nothing.");
            }
        }
    }

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}

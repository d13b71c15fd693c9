package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.data.BatchEpoch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.DataOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Datasets;
import dev.lamina.data.Split;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The measured bands of the specification's section 1: softmax regression from zero weights on real images. */
class LinearClassifierDataTest {
    private record Result(double accuracy, double loss) {
    }

    @Test
    void mnist() throws IOException {
        Result result = train(open("mnist"), Optimizer.parse("sgd", 0), 0.1, 10, false);
        assertTrue(result.accuracy >= 0.918 && result.accuracy <= 0.926, result.toString());
        assertTrue(result.loss < 0.285, result.toString());
    }

    @Test
    void fashionMnist() throws IOException {
        Result result = train(open("fashion-mnist"), Optimizer.parse("sgd", 0), 0.1, 10, false);
        assertTrue(result.accuracy >= 0.830 && result.accuracy <= 0.848, result.toString());
    }

    @Test
    void cifar10Part() throws IOException {
        Sgd momentum = (Sgd) Optimizer.parse("momentum", 0.01);
        Result result = train(open("cifar10-part"), momentum, 0.001, 30, true);
        assertTrue(result.accuracy >= 0.33, result.toString());
    }

    private static Split open(String name) throws IOException {
        return Datasets.open(name, DataOptions.in(SharedFiles.folder("data")));
    }

    private static Result train(Split data, Optimizer optimizer, double rate, int epochs, boolean removeMean) throws IOException {
        int batchSize = 100;
        Shape sample = data.train().sampleShape();
        Tensor mean = removeMean ? meanImage(data.train()) : Tensor.zeros(DType.FLOAT32, Shape.of(sample.elements()));
        GraphBuilder training = new GraphBuilder();
        Value logits = logits(training, sample, batchSize, mean);
        Value labels = training.input("labels", TensorType.of(DType.INT32, batchSize));
        Value loss = Loss.crossEntropy(logits, labels, Loss.Options.defaults());
        List<Value> parameters = training.trainable();
        List<Value> found = Gradients.of(loss, parameters);
        Map<Value, Value> gradients = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            gradients.put(parameters.get(i), found.get(i));
        }
        optimizer.apply(training, gradients, Source.scalar(training, DType.FLOAT32, rate),
                Source.scalar(training, DType.INT64, 1));
        GraphBuilder testing = new GraphBuilder();
        Value scores = logits(testing, sample, batchSize, mean);
        testing.output("logits", scores).output("loss",
                Loss.crossEntropy(scores, testing.input("labels", TensorType.of(DType.INT32, batchSize)), Loss.Options.defaults()));
        Graph step = training.build();
        Graph test = testing.build();
        try (Backend backend = Backends.open("reference");
                State state = backend.createState(step.variables());
                Executable stepping = backend.compile(step, CompileOptions.defaults());
                Executable measuring = backend.compile(test, CompileOptions.defaults())) {
            BatchLoader loader = new BatchLoader(data.train(), BatchOptions.of(batchSize).shuffled(1).withDropLast(true));
            for (int epoch = 0; epoch < epochs; epoch++) {
                try (BatchEpoch batches = loader.epoch(epoch)) {
                    while (batches.hasNext()) {
                        Batch batch = batches.next();
                        stepping.run(state, Map.of("images", batch.images(), "labels", batch.labels()));
                    }
                }
            }
            return measure(data.test(), state, measuring, batchSize);
        }
    }

    private static Result measure(Dataset test, State state, Executable measuring, int batchSize) {
        int right = 0;
        double loss = 0;
        int count = 0;
        try (BatchEpoch batches = new BatchLoader(test, BatchOptions.of(batchSize).withDropLast(true)).epoch(0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                Map<String, Tensor> out = measuring.call(state, Map.of("images", batch.images(), "labels", batch.labels()));
                loss += out.get("loss").item() * batchSize;
                for (int n = 0; n < batchSize; n++) {
                    double[] row = out.get("logits").select(0, n).toDoubles();
                    int best = 0;
                    for (int k = 1; k < row.length; k++) {
                        best = row[k] > row[best] ? k : best;
                    }
                    right += best == batch.labels().getLong(n) ? 1 : 0;
                    count++;
                }
            }
        }
        return new Result((double) right / count, loss / count);
    }

    private static Value logits(GraphBuilder graph, Shape sample, int batchSize, Tensor mean) {
        Value images = graph.input("images", TensorType.of(DType.UINT8, batchSize, sample.dim(0), sample.dim(1), sample.dim(2)));
        Value pixels = Shaping.flatten(Pointwise.cast(images, DType.FLOAT32)).times(1 / 255.0);
        Value centred = pixels.minus(Source.constant(graph, mean));
        Value w = graph.variable("w", TensorType.of(DType.FLOAT32, 10, sample.elements()), true);
        Value b = graph.variable("b", TensorType.of(DType.FLOAT32, 10), true);
        return MatMul.linear(centred, w, b);
    }

    private static Tensor meanImage(Dataset data) {
        Tensor image = Tensor.zeros(DType.UINT8, data.sampleShape());
        double[] sum = new double[(int) image.elements()];
        for (int i = 0; i < data.size(); i++) {
            data.read(i, image);
            double[] pixels = image.toDoubles();
            for (int d = 0; d < sum.length; d++) {
                sum[d] += pixels[d] / 255 / data.size();
            }
        }
        return Tensor.of(DType.FLOAT32, sum);
    }
}

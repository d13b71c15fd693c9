package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.data.BatchEpoch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.SampleReader;
import dev.lamina.data.augment.Augmentation;
import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures how fast samples are read, without training.
 *
 * @param name of the data set
 * @param augmentation changes to samples
 * @param batchSize samples in a batch
 * @param seed of order and augmentation
 * @param seconds of each row, and of warming up before it
 */
public record DataBenchmark(String name, Augmentation augmentation, int batchSize, long seed, double seconds) {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** A checked benchmark. */
    public DataBenchmark {
        if (!(seconds > 0 && seconds <= 600)) {
            throw new IllegalArgumentException("bench data: --seconds " + seconds + ", needs 0 < seconds <= 600.");
        }
    }

    /** A measured row: decoding alone has no workers. */
    private record Row(String what, int workers, double imagesPerSecond) { }

    /**
     * Measures and prints.
     *
     * @param decoding the samples, of which none is kept in memory
     * @param kept the same samples, kept once they are decoded
     * @param workers numbers of threads
     * @param json a file for the results, or null
     */
    public void run(Dataset decoding, Dataset kept, List<Integer> workers, Path json, PrintWriter out) throws IOException {
        out.printf(Locale.ROOT, "%s: %d images, samples %s, augment %s, batch size %d, %d processors%n", decoding.name(), decoding.size(),
                decoding.sampleShape(), augmentation.text(), batchSize, Runtime.getRuntime().availableProcessors());
        List<Row> rows = new ArrayList<>();
        rows.add(print(out, new Row("decode", 1, decode(decoding))));
        for (int threads : workers) {
            rows.add(print(out, new Row("load", threads, load(decoding, threads))));
        }
        IntStream.range(0, kept.size()).parallel().forEach(kept::source);
        for (int threads : workers) {
            rows.add(print(out, new Row("load, kept", threads, load(kept, threads))));
        }
        if (json != null) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("data", name);
            result.put("augment", augmentation.text());
            result.put("batch_size", batchSize);
            result.put("processors", Runtime.getRuntime().availableProcessors());
            result.put("rows", rows);
            AtomicFiles.writeString(json, JSON.writeValueAsString(result) + "\n");
        }
    }

    private static Row print(PrintWriter out, Row row) {
        out.printf(Locale.ROOT, "  %-12s %2d %-8s %,10.0f images/s%n", row.what, row.workers, row.workers == 1 ? "thread" : "threads",
                row.imagesPerSecond);
        out.flush();
        return row;
    }

    private double decode(Dataset data) {
        int[] next = {0};
        return rate(() -> {
            for (int i = 0; i < batchSize; i++) {
                data.source(next[0]);
                next[0] = (next[0] + 1) % data.size();
            }
            return batchSize;
        });
    }

    private double load(Dataset data, int threads) {
        SampleReader reader = augmentation.reader(data);
        BatchLoader loader = new BatchLoader(data, BatchOptions.of(batchSize).shuffled(seed).withWorkers(threads), reader,
                augmentation.mixing());
        Epochs epochs = new Epochs(loader);
        try {
            return rate(epochs::next);
        } finally {
            epochs.close();
        }
    }

    private interface Work {
        /** Does some work and tells of how many images. */
        int run();
    }

    private double rate(Work work) {
        run(work);
        return run(work);
    }

    private double run(Work work) {
        long start = System.nanoTime();
        long images = 0;
        double passed;
        do {
            images += work.run();
            passed = (System.nanoTime() - start) * 1e-9;
        } while (passed < seconds);
        return images / passed;
    }

    /** One epoch after another. */
    private static final class Epochs {
        private final BatchLoader loader;
        private int number;
        private BatchEpoch epoch;

        Epochs(BatchLoader loader) {
            this.loader = loader;
            epoch = loader.epoch(0);
        }

        int next() {
            if (!epoch.hasNext()) {
                epoch.close();
                epoch = loader.epoch(++number);
            }
            return epoch.next().size();
        }

        void close() {
            epoch.close();
        }
    }
}

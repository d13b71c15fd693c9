package dev.lamina.samples.demo;

import dev.lamina.backend.Backend;
import dev.lamina.data.Vectors;
import dev.lamina.inspect.DecisionRegions;
import dev.lamina.inspect.Figure;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.VectorOptions;
import dev.lamina.train.VectorTrainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A linear model and networks with one hidden layer learn the same points of the plane, an epoch each in turn, so that one figure shows
 * them side by side at any time. One thread at a time.
 */
public final class Separability implements AutoCloseable {
    private static final int ZOOM = 1;

    private final Vectors points;
    private final Settings settings;
    private final DecisionRegions regions;
    private final Map<String, VectorTrainer> trainers = new LinkedHashMap<>();
    private int epochs;

    /**
     * How the models are trained, all alike.
     *
     * @param activation of the hidden layers
     * @param widths of the hidden layers; 0 is the linear model
     * @param batchSize points in a step
     * @param optimizer its name, without weight decay
     * @param rate learning rate
     * @param seed of weights and order
     */
    public record Settings(String activation, List<Integer> widths, int batchSize, String optimizer, double rate, long seed) {
        /** The linear model and h = 3, 4, 8 and 16; Adam at 0.01, batches of 50. */
        public static Settings of(String activation, long seed) {
            return new Settings(activation, List.of(0, 3, 4, 8, 16), 50, "adam", 0.01, seed);
        }

        /** These settings for some widths only. */
        public Settings withWidths(Integer... chosen) {
            return new Settings(activation, List.of(chosen), batchSize, optimizer, rate, seed);
        }
    }

    /**
     * Where a model stands.
     *
     * @param name {@code linear} or {@code h = 8}
     * @param accuracy on the points it learns, 0 to 1
     * @param loss mean cross-entropy on them
     * @param parameters trained numbers
     */
    public record Standing(String name, double accuracy, double loss, long parameters) { }

    /** Compiles all models; close releases them. */
    public Separability(Backend backend, Vectors points, Settings settings) {
        this.points = points;
        this.settings = settings;
        this.regions = new DecisionRegions(DecisionRegions.Frame.around(points), DecisionRegions.SIDE, points.classes());
        for (int width : settings.widths()) {
            long[] hidden = width == 0 ? new long[0] : new long[] {width};
            VectorOptions options = VectorOptions.of(settings.batchSize(), Optimizer.parse(settings.optimizer(), 0), settings.rate(),
                    settings.seed());
            trainers.put(width == 0 ? "linear" : "h = " + width, new VectorTrainer(backend,
                    Sequential.mlp(points.width(), hidden, points.classes(), settings.activation()), points.width(), points.classes(),
                    options));
        }
    }

    /** Trains every model for one more epoch. */
    public void epoch() {
        trainers.values().forEach(t -> t.epoch(points));
        epochs++;
    }

    /** Where the models stand. */
    public List<Standing> standings() {
        List<Standing> standings = new ArrayList<>();
        trainers.forEach((name, trainer) -> {
            VectorTrainer.Score score = trainer.score(points);
            standings.add(new Standing(name, score.accuracy(), score.loss(), trainer.parameters().trainableElements()));
        });
        return standings;
    }

    /** Decision regions of all models side by side with their accuracies, uint8 {@code [3, H, W]}. */
    public Tensor figure() {
        List<Figure.Panel> panels = new ArrayList<>();
        for (Standing standing : standings()) {
            String caption = String.format(Locale.ROOT, "%s: %.1f %%", standing.name(), 100 * standing.accuracy());
            panels.add(new Figure.Panel(caption, regions.draw(trainers.get(standing.name())::logits, points), ZOOM));
        }
        String title = String.format(Locale.ROOT, "%s, %s, epoch %d, seed %d", points.name(), settings.activation(), epochs,
                settings.seed());
        return Figure.of(title, panels.size(), panels);
    }

    /** Decision regions of all models side by side as characters. */
    public String text(int columns) {
        List<String[]> blocks = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (Standing standing : standings()) {
            blocks.add(regions.text(trainers.get(standing.name())::logits, columns).split("\n"));
            text.append(String.format(Locale.ROOT, "%-" + (columns + 2) + "s", String.format(Locale.ROOT, "%s: %.1f %%", standing.name(),
                    100 * standing.accuracy())));
        }
        text.append('\n');
        for (int row = 0; row < blocks.getFirst().length; row++) {
            for (String[] block : blocks) {
                text.append(block[row]).append("  ");
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** Epochs done. */
    public int epochs() {
        return epochs;
    }

    @Override
    public void close() {
        trainers.values().forEach(VectorTrainer::close);
    }
}

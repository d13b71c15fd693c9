package dev.lamina.inspect;

import dev.lamina.tensor.Tensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A confusion matrix as a picture: a row a true class, a column a predicted one, the darker the greater the share of the row, and the scale
 * below. Counts are written into cells that have room, names of classes beside rows that have. Where Java has no fonts the texts are left
 * out, and that is logged. Stateless and thread-safe.
 */
public final class ConfusionPicture {
    /** Most classes that are drawn, a pixel a class. */
    public static final int MOST_CLASSES = 2048;

    private static final Logger LOG = LoggerFactory.getLogger(ConfusionPicture.class);
    private static final int SIDE = 900;
    private static final int LARGEST_CELL = 52;
    private static final int CELL_WITH_COUNT = 30;
    private static final int CELL_WITH_NAME = 12;
    private static final int LONGEST_NAME = 20;
    private static final int LETTER = 7;
    private static final int MARGIN = 12;
    private static final int LINE = 18;
    private static final int BAR = 12;

    private final long[][] counts;
    private final List<String> names;
    private final int cell;
    private final int left;
    private final int top;

    private ConfusionPicture(long[][] counts, List<String> names) {
        this.counts = counts;
        this.names = names;
        this.cell = Math.clamp(SIDE / counts.length, 1, LARGEST_CELL);
        int longest = names.stream().mapToInt(n -> shortened(n).length()).max().orElse(0);
        int room = cell >= CELL_WITH_NAME ? longest * LETTER + MARGIN : MARGIN;
        this.left = LINE + room + MARGIN;
        this.top = LINE + room + MARGIN;
    }

    /**
     * The picture.
     *
     * @param counts {@code [label][predicted]}, square
     * @param names of the classes
     * @return uint8 {@code [3, height, width]}
     * @throws IllegalArgumentException if the sizes do not fit, or there are more than {@value #MOST_CLASSES} classes
     */
    public static Tensor of(long[][] counts, List<String> names) {
        if (counts.length == 0 || counts.length > MOST_CLASSES || names.size() != counts.length || counts[0].length != counts.length) {
            throw new IllegalArgumentException("confusion: " + counts.length + " rows, " + names.size()
                    + " names, needs equally many, 1 to " + MOST_CLASSES + ".");
        }
        return new ConfusionPicture(counts, names).draw();
    }

    private Tensor draw() {
        int side = cell * counts.length;
        int width = Math.max(left + side, 360) + MARGIN;
        int height = top + side + MARGIN + BAR + LINE + MARGIN;
        BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = canvas.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            for (int t = 0; t < counts.length; t++) {
                row(graphics, t);
            }
            graphics.setColor(Color.BLACK);
            graphics.drawRect(left - 1, top - 1, side + 1, side + 1);
            Figure.text(graphics, "predicted class", left, 2);
            upwards(graphics, "true class", LINE, top + side);
            if (cell >= CELL_WITH_NAME) {
                names(graphics);
            }
            scale(graphics, top + side + MARGIN, Math.min(side, 360));
        } finally {
            graphics.dispose();
        }
        return Figure.tensor(canvas);
    }

    private void row(Graphics2D graphics, int label) {
        long support = 0;
        for (long count : counts[label]) {
            support += count;
        }
        for (int p = 0; p < counts.length; p++) {
            double share = support == 0 ? 0 : (double) counts[label][p] / support;
            int x = left + p * cell;
            int y = top + label * cell;
            graphics.setColor(colour(share));
            graphics.fillRect(x, y, cell, cell);
            String count = Long.toString(counts[label][p]);
            if (cell >= CELL_WITH_COUNT && counts[label][p] > 0 && count.length() * LETTER < cell) {
                graphics.setColor(share > 0.5 ? Color.WHITE : Color.BLACK);
                Figure.text(graphics, count, x + (cell - count.length() * LETTER) / 2, y + (cell - LINE) / 2);
            }
        }
    }

    private static Color colour(double share) {
        double[] rgb = Palette.share(share);
        return new Color((int) Math.round(rgb[0]), (int) Math.round(rgb[1]), (int) Math.round(rgb[2]));
    }

    private void names(Graphics2D graphics) {
        graphics.setColor(Color.BLACK);
        for (int k = 0; k < counts.length; k++) {
            String name = shortened(names.get(k));
            Figure.text(graphics, name, left - 6 - name.length() * LETTER, top + k * cell + (cell - LINE) / 2);
            upwards(graphics, name, left + k * cell + (cell + LINE) / 2 - 4, top - 6);
        }
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }

    /** Text from a place upwards, its base line at x. */
    private static void upwards(Graphics2D graphics, String text, int x, int bottom) {
        AffineTransform before = graphics.getTransform();
        try {
            graphics.rotate(-Math.PI / 2, x, bottom);
            graphics.drawString(text, x, bottom);
        } catch (RuntimeException | InternalError | LinkageError e) {
            LOG.warn("confusion: \"{}\" was not written, Java's fonts do not work here: {}", text, e.toString());
        } finally {
            graphics.setTransform(before);
        }
    }

    /** Shares from 0 to 1. */
    private void scale(Graphics2D graphics, int y, int width) {
        for (int x = 0; x < width; x++) {
            graphics.setColor(colour(width == 1 ? 0 : (double) x / (width - 1)));
            graphics.fillRect(left + x, y, 1, BAR);
        }
        graphics.setColor(Color.BLACK);
        graphics.drawRect(left - 1, y - 1, width + 1, BAR + 1);
        String text = "share of the true class's samples: 0 to 100 %";
        Figure.text(graphics, text, left, y + BAR + 2);
    }
}

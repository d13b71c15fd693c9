package dev.lamina.inspect;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures side by side with a title and captions, on white. Where Java has no fonts the texts are left out, and that is logged.
 * Stateless and thread-safe.
 */
public final class Figure {
    private static final Logger LOG = LoggerFactory.getLogger(Figure.class);
    private static final int GAP = 8;
    private static final int LINE = 16;
    private static final int TEXT = 12;

    private Figure() { }

    /**
     * One picture.
     *
     * @param caption lines under it, parted by line ends; maybe empty
     * @param image uint8 {@code [1, H, W]} or {@code [3, H, W]}
     * @param zoom pixels of the figure for one of the picture
     */
    public record Panel(String caption, Tensor image, int zoom) {
        /** Checks the picture. */
        public Panel {
            Shape shape = image.shape();
            if (image.dtype() != DType.UINT8 || shape.rank() != 3 || shape.dim(0) != 1 && shape.dim(0) != 3) {
                throw new IllegalArgumentException("figure: panel is " + image.dtype() + " " + shape
                        + ", needs uint8 [1, H, W] or [3, H, W].");
            }
            if (zoom < 1) {
                throw new IllegalArgumentException("figure: zoom = " + zoom + ", needs >= 1.");
            }
        }

        private int width() {
            return Math.toIntExact(image.shape().dim(2)) * zoom;
        }

        private int height() {
            return Math.toIntExact(image.shape().dim(1)) * zoom;
        }

        private int lines() {
            return caption.isEmpty() ? 0 : (int) caption.lines().count();
        }
    }

    /**
     * Panels in rows.
     *
     * @param title above all; maybe empty
     * @param columns panels in a row
     * @return uint8 {@code [3, height, width]}
     */
    public static Tensor of(String title, int columns, List<Panel> panels) {
        if (columns < 1 || panels.isEmpty()) {
            throw new IllegalArgumentException("figure: " + panels.size() + " panels in " + columns
                    + " columns, needs one of both at least.");
        }
        List<List<Panel>> rows = new ArrayList<>();
        for (int i = 0; i < panels.size(); i += columns) {
            rows.add(panels.subList(i, Math.min(panels.size(), i + columns)));
        }
        int width = GAP + rows.stream().mapToInt(r -> r.stream().mapToInt(p -> p.width() + GAP).sum()).max().orElseThrow();
        int top = GAP + (title.isEmpty() ? 0 : LINE + GAP);
        int height = top + rows.stream().mapToInt(Figure::height).sum();
        BufferedImage canvas = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = canvas.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(Color.BLACK);
            text(graphics, title, GAP, GAP);
            int y = top;
            for (List<Panel> row : rows) {
                draw(canvas, graphics, row, y);
                y += height(row);
            }
        } finally {
            graphics.dispose();
        }
        return tensor(canvas);
    }

    private static int height(List<Panel> row) {
        return row.stream().mapToInt(p -> p.height() + p.lines() * LINE).max().orElseThrow() + GAP;
    }

    private static void draw(BufferedImage canvas, Graphics2D graphics, List<Panel> row, int y) {
        int x = GAP;
        for (Panel panel : row) {
            draw(canvas, panel, x, y);
            text(graphics, panel.caption, x, y + panel.height() + 2);
            x += panel.width() + GAP;
        }
    }

    private static void draw(BufferedImage canvas, Panel panel, int left, int top) {
        long[] pixels = panel.image.toLongs();
        int w = Math.toIntExact(panel.image.shape().dim(2));
        int plane = w * Math.toIntExact(panel.image.shape().dim(1));
        int second = pixels.length == plane ? 0 : plane;
        for (int i = 0; i < plane; i++) {
            int rgb = (int) (pixels[i] << 16 | pixels[i + second] << 8 | pixels[i + 2 * second]);
            for (int k = 0; k < panel.zoom * panel.zoom; k++) {
                canvas.setRGB(left + i % w * panel.zoom + k % panel.zoom, top + i / w * panel.zoom + k / panel.zoom, rgb);
            }
        }
    }

    /** A number for a caption, in few letters: three digits, or whole from 100 on. */
    public static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3g", value);
    }

    /** Writes lines from a place on; without fonts it logs that. */
    static void text(Graphics2D graphics, String text, int x, int top) {
        try {
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, TEXT));
            List<String> lines = text.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                graphics.drawString(lines.get(i), x, top + TEXT + i * LINE);
            }
        } catch (RuntimeException | InternalError | LinkageError e) {
            LOG.warn("figure: \"{}\" was not written, Java's fonts do not work here: {}", text, e.toString());
        }
    }

    /** A picture as uint8 {@code [3, H, W]}. */
    static Tensor tensor(BufferedImage canvas) {
        int plane = canvas.getWidth() * canvas.getHeight();
        int[] rgb = canvas.getRGB(0, 0, canvas.getWidth(), canvas.getHeight(), null, 0, canvas.getWidth());
        byte[] bytes = new byte[3 * plane];
        for (int i = 0; i < plane; i++) {
            bytes[i] = (byte) (rgb[i] >> 16);
            bytes[plane + i] = (byte) (rgb[i] >> 8);
            bytes[2 * plane + i] = (byte) rgb[i];
        }
        return Tensor.ofBytes(bytes, 3, canvas.getHeight(), canvas.getWidth());
    }
}

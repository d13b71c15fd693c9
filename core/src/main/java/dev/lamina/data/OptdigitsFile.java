package dev.lamina.data;

import dev.lamina.io.CorruptFileException;
import dev.lamina.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the text files of the UCI set optdigits: 64 levels 0..16 and the label 0..9 on each line, between commas.
 *
 * <p>A level {@code v} becomes the pixel {@code 15 v}, so 0..240: exactly linear, which keeps the order of distances, and bright enough for
 * models that expect pixels/255. Stateless and thread-safe.
 */
final class OptdigitsFile {
    private static final int PIXELS = 64;
    private static final int LEVELS = 16;
    private static final int LEVEL_STEP = 15;
    private static final int LONGEST_LINE = 1_000;

    private OptdigitsFile() { }

    /**
     * The samples of a file, plain or gzip.
     *
     * @throws CorruptFileException if a line is malformed
     */
    static Dataset read(String name, Path file, List<String> classNames) throws IOException {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        IntStream.Builder labels = IntStream.builder();
        int samples = 0;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1))) {
            for (String line = nextLine(reader, file, 1); line != null; line = nextLine(reader, file, samples + 1)) {
                samples++;
                String[] fields = line.split(",", -1);
                if (fields.length != PIXELS + 1) {
                    throw corrupt(file, samples, fields.length + " numbers, needs " + (PIXELS + 1));
                }
                for (int i = 0; i < PIXELS; i++) {
                    pixels.write(LEVEL_STEP * number(fields[i], LEVELS, file, samples));
                }
                labels.add(number(fields[PIXELS], classNames.size() - 1, file, samples));
            }
        } catch (ZipException | EOFException e) {
            throw corrupt(file, samples + 1, "the gzip wrapper is broken, " + e.getMessage());
        }
        return new InMemoryDataset(name, Tensor.ofBytes(pixels.toByteArray(), samples, 1, 8, 8),
                Tensor.of(labels.build().toArray(), samples), classNames);
    }

    private static String nextLine(BufferedReader reader, Path file, int number) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            if (line.length() == LONGEST_LINE) {
                throw corrupt(file, number, "more than " + LONGEST_LINE + " characters");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static int number(String text, int most, Path file, int line) throws CorruptFileException {
        if (text.matches("[0-9]{1,2}") && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw corrupt(file, line, "\"" + (text.length() > 20 ? text.substring(0, 20) + "..." : text) + "\" is not in 0.." + most);
    }

    private static CorruptFileException corrupt(Path file, int line, String fact) {
        return new CorruptFileException(file, "line " + line + ": " + fact
                + " (64 levels 0..16 and a label 0..9 on each line). Delete " + file + " and fetch it again.");
    }
}

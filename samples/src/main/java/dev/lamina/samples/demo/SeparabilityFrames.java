package dev.lamina.samples.demo;

import dev.lamina.io.ImageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Pictures of a {@link Separability} in training, {@code frames/0001.png} and so on, a page that plays them, and the last by itself. */
public final class SeparabilityFrames {
    /** The last picture. */
    public static final String FIGURE = "regions.png";
    /** The page that plays the frames. */
    public static final String PAGE = "index.html";
    private static final String FRAMES = "frames";

    private final Separability models;
    private final Path folder;
    private final String title;
    private final List<String> names = new ArrayList<>();

    /** A series in a folder; frames that are there from before are deleted. */
    public SeparabilityFrames(Separability models, Path folder, String title) throws IOException {
        this.models = models;
        this.folder = folder;
        this.title = title;
        Files.createDirectories(folder.resolve(FRAMES));
        try (Stream<Path> old = Files.list(folder.resolve(FRAMES))) {
            for (Path file : old.filter(f -> f.getFileName().toString().matches("\\d{4}\\.png")).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Draws the models as they are. */
    public void add() throws IOException {
        String name = "%s/%04d.png".formatted(FRAMES, names.size() + 1);
        ImageFile.writePng(folder.resolve(name), models.figure());
        names.add(name);
    }

    /** Writes the page and the last picture. */
    public void finish() throws IOException {
        ImageFile.writePng(folder.resolve(FIGURE), models.figure());
        Player.write(folder.resolve(PAGE), "Decision regions: " + title, names);
    }
}

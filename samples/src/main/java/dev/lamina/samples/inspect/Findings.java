package dev.lamina.samples.inspect;

import dev.lamina.io.ImageFile;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The pictures and numbers of one network, in order. Not thread-safe. */
final class Findings {
    private final Path folder;
    private final String name;
    private final Map<String, Picture> pictures = new LinkedHashMap<>();
    private final Map<String, Object> numbers = new LinkedHashMap<>();

    /**
     * A picture that was written.
     *
     * @param section of the page
     * @param heading what it is of
     * @param file relative to the page
     */
    record Picture(String section, String heading, String file) {
    }

    /**
     * Nothing yet.
     *
     * @param folder of the page
     * @param name of the folder in it for the pictures
     */
    Findings(Path folder, String name) throws IOException {
        this.folder = folder;
        this.name = name;
        Files.createDirectories(folder.resolve(name));
    }

    /** Writes a picture. */
    void add(String section, String heading, String key, Tensor picture) throws IOException {
        String file = name + "/" + key + ".png";
        ImageFile.writePng(folder.resolve(file), picture);
        pictures.put(key, new Picture(section, heading, file));
    }

    /** Pictures by key, the same of every network. */
    Map<String, Picture> pictures() {
        return pictures;
    }

    /** Numbers by name, for the JSON file. */
    Map<String, Object> numbers() {
        return numbers;
    }
}

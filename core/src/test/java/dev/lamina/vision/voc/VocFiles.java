package dev.lamina.vision.voc;

import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes small data sets. */
final class VocFiles {
    static final int WIDTH = 20;
    static final int HEIGHT = 10;

    private final Path root;

    VocFiles(Path root) throws IOException {
        this.root = root;
        for (String folder : List.of("Annotations", "JPEGImages", "ImageSets/Main")) {
            Files.createDirectories(root.resolve(folder));
        }
    }

    /** An object's element. */
    static String object(String name, String xmin, String ymin, String xmax, String ymax, String more) {
        return "<object><name>" + name + "</name><bndbox><xmin>" + xmin + "</xmin><ymin>" + ymin + "</ymin><xmax>" + xmax
                + "</xmax><ymax>" + ymax + "</ymax></bndbox>" + more + "</object>";
    }

    static String object(String name, int xmin, int ymin, int xmax, int ymax) {
        return object(name, "" + xmin, "" + ymin, "" + xmax, "" + ymax, "<difficult>0</difficult>");
    }

    static String annotation(String... objects) {
        return "<annotation><size><width>" + WIDTH + "</width><height>" + HEIGHT + "</height><depth>3</depth></size>"
                + String.join("\n", objects) + "</annotation>";
    }

    VocFiles image(String name, String... objects) throws IOException {
        Files.writeString(root.resolve("Annotations/" + name + ".xml"), annotation(objects));
        ImageFile.writePng(root.resolve("JPEGImages/" + name + ".png"), Tensor.zeros(DType.UINT8, Shape.of(3, HEIGHT, WIDTH)));
        return this;
    }

    VocFiles list(String name, String... lines) throws IOException {
        Files.write(root.resolve("ImageSets/Main/" + name + ".txt"), List.of(lines));
        return this;
    }

    /** Packs all below a folder. */
    static Path zip(Path folder, Path into) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(into)); Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
                zip.write(Files.readAllBytes(file));
            }
        }
        return into;
    }
}

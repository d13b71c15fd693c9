package dev.lamina.samples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Image files that a command line names, by themselves or by their folders. Immutable.
 *
 * @param files in the order of the arguments; those of a folder and of the folders in it by path
 * @param problems a message for each argument that gives none
 */
record ImageArguments(List<Path> files, List<String> problems) {
    static ImageArguments of(List<Path> arguments) throws IOException {
        List<Path> files = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path argument : arguments) {
            if (!Files.exists(argument)) {
                problems.add(argument + ": there is no such file or folder.");
            } else if (Files.isDirectory(argument)) {
                List<Path> found = in(argument);
                if (found.isEmpty()) {
                    problems.add(argument + ": the folder holds no file named *.png, *.jpg or *.jpeg.");
                }
                files.addAll(found);
            } else {
                files.add(argument);
            }
        }
        return new ImageArguments(files, problems);
    }

    private static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> Files.isRegularFile(f) && isImage(f)).sorted().toList();
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    }
}

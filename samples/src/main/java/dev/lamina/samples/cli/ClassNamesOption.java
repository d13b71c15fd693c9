package dev.lamina.samples.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The option that names classes otherwise than a run does. */
final class ClassNamesOption {
    @Option(names = "--class-names", paramLabel = "FILE",
            description = "names to show in place of the run's, one a line in label order, UTF-8")
    private Path file;

    /**
     * The names of the file, or those of the run without the option.
     *
     * @throws IllegalArgumentException if there is no such file, or it holds others than one different name a class
     */
    List<String> of(List<String> own) throws IOException {
        if (file == null) {
            return own;
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("--class-names " + file + ": there is no such file.");
        }
        List<String> names;
        try {
            names = Files.readAllLines(file).stream().map(String::strip).toList();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("--class-names " + file + ": is no text in UTF-8.", e);
        }
        if (names.size() != own.size()) {
            throw new IllegalArgumentException("--class-names " + file + ": " + names.size() + " lines, the run has " + own.size()
                    + " classes, needs a name for each.");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isEmpty() || !seen.add(names.get(i))) {
                throw new IllegalArgumentException("--class-names " + file + ": line " + (i + 1)
                        + (names.get(i).isEmpty() ? " is empty" : " repeats \"" + names.get(i) + "\"") + ", needs a name of its own.");
            }
        }
        return names;
    }
}

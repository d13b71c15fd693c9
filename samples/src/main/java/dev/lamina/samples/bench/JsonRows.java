package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The file of results. Written after each of them, so that what is measured is kept if the rest is not. */
final class JsonRows {
    private JsonRows() { }

    /** Replaces the file, if there is to be one. */
    static void write(Path file, List<Map<String, Object>> rows) throws IOException {
        if (file != null) {
            AtomicFiles.writeString(file, JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(rows)
                    + "\n");
        }
    }
}

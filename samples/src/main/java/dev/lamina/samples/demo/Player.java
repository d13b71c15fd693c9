package dev.lamina.samples.demo;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A page that plays a series of pictures; it needs nothing but the files beside it. */
final class Player {
    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
            <style>body{font-family:sans-serif;margin:1em} img{max-width:100%%;image-rendering:pixelated}</style></head>
            <body><h1>%1$s</h1>
            <p><button id="play">pause</button> <input id="at" type="range" min="0" max="%2$d" value="0" style="width:60%%">
            <span id="n"></span></p>
            <img id="frame" alt="decision regions">
            <script>
            const frames = [%3$s];
            const at = document.getElementById('at'), frame = document.getElementById('frame');
            const n = document.getElementById('n'), play = document.getElementById('play');
            let playing = true;
            function show(i) { at.value = i; frame.src = frames[i]; n.textContent = frames[i]; }
            at.oninput = () => { playing = false; play.textContent = 'play'; show(Number(at.value)); };
            play.onclick = () => { playing = !playing; play.textContent = playing ? 'pause' : 'play'; };
            setInterval(() => { if (playing) show((Number(at.value) + 1) %% frames.length); }, 250);
            show(0);
            </script></body></html>
            """;

    private Player() { }

    /** Writes the page; names are relative to its folder. */
    static void write(Path file, String title, List<String> names) throws IOException {
        String list = names.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", "));
        AtomicFiles.writeString(file, PAGE.formatted(title, names.size() - 1, list));
    }
}

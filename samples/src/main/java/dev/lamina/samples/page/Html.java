package dev.lamina.samples.page;

import dev.lamina.io.ImageFile;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An HTML page that needs nothing but the pictures it names, readable in light and dark. All texts that are given are escaped. Not
 * thread-safe.
 */
public final class Html {
    private final StringBuilder body = new StringBuilder();
    private final String title;

    /** An empty page. */
    public Html(String title) {
        this.title = title;
    }

    /** A row of a table; {@code marked} shows it in the colour of failures. In a cell, what follows a line end is small print. */
    public record Row(boolean marked, List<String> cells) {
        /** Copies the list. */
        public Row {
            cells = List.copyOf(cells);
        }

        /** A plain row. */
        public static Row of(String... cells) {
            return new Row(false, List.of(cells));
        }
    }

    /** Text for HTML and SVG, in elements and in quoted attributes. */
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** Adds the head of the page: its title, what came out, and further lines. Returns this. */
    public Html header(boolean good, String verdict, String... lines) {
        body.append("<header class=\"").append(good ? "good" : "bad").append("\"><h1>").append(escape(title))
                .append("</h1><p class=\"verdict\">").append(escape(verdict)).append("</p>");
        for (String line : lines) {
            body.append("<p>").append(escape(line)).append("</p>");
        }
        body.append("</header>\n");
        return this;
    }

    /** Begins a section. Returns this. */
    public Html section(String heading) {
        body.append("<section>\n<h2>").append(escape(heading)).append("</h2>\n");
        return this;
    }

    /** Ends a section. Returns this. */
    public Html endSection() {
        body.append("</section>\n");
        return this;
    }

    /** Begins cards side by side. Returns this. */
    public Html cards() {
        body.append("<div class=\"cards\">\n");
        return this;
    }

    /** Begins a card. Returns this. */
    public Html card() {
        body.append("<div class=\"card\">");
        return this;
    }

    /** Ends cards or a card. Returns this. */
    public Html end() {
        body.append("</div>\n");
        return this;
    }

    /** Adds a paragraph. Returns this. */
    public Html paragraph(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** Adds small print. Returns this. */
    public Html note(String text) {
        body.append("<p><small>").append(escape(text)).append("</small></p>\n");
        return this;
    }

    /**
     * Adds a table. Returns this.
     *
     * @param headings those that begin with {@code >} are of numbers, which are aligned to the right
     * @param rows the first cell of each is its heading
     */
    public Html table(String caption, List<String> headings, List<Row> rows) {
        List<Boolean> numbers = new ArrayList<>();
        body.append("<div class=\"wide\"><table class=\"table\"><caption>").append(escape(caption)).append("</caption><thead><tr>");
        for (String heading : headings) {
            boolean number = heading.startsWith(">");
            numbers.add(number);
            body.append(number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
                    .append(escape(number ? heading.substring(1) : heading)).append("</th>");
        }
        body.append("</tr></thead><tbody>\n");
        for (Row row : rows) {
            body.append(row.marked ? "<tr class=\"mark\">" : "<tr>");
            for (int i = 0; i < row.cells.size(); i++) {
                body.append(i == 0 ? "<th scope=\"row\"" : "<td").append(numbers.get(i) ? " class=\"n\">" : ">")
                        .append(cell(row.cells.get(i))).append(i == 0 ? "</th>" : "</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</tbody></table></div>\n");
        return this;
    }

    private static String cell(String text) {
        int at = text.indexOf('\n');
        return at < 0 ? escape(text) : escape(text.substring(0, at)) + "<br><small>" + escape(text.substring(at + 1)) + "</small>";
    }

    /** Adds a picture that lies beside the page, by its name relative to it. Returns this. */
    public Html picture(String file, String alternative, String caption) {
        return figure(file, "", alternative, caption);
    }

    /** Adds a picture within the page, its pixels enlarged. Returns this. */
    public Html picture(Tensor image, String alternative, String caption) {
        return figure("data:image/png;base64," + Base64.getEncoder().encodeToString(png(image)), " class=\"pixels\"", alternative,
                caption);
    }

    private Html figure(String source, String attributes, String alternative, String caption) {
        body.append("<figure><figcaption>").append(escape(caption)).append("</figcaption><img").append(attributes).append(" alt=\"")
                .append(escape(alternative)).append("\" src=\"").append(escape(source)).append("\"></figure>\n");
        return this;
    }

    /** Adds markup as it is, such as a chart's. Returns this. */
    public Html markup(String markup) {
        body.append(markup);
        return this;
    }

    /** The whole page. */
    @Override
    public String toString() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title) + "</title>\n"
                + "<style>\n"
                + base() + resource("page.css") + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    /** Colours and plain elements of all pages, as a style sheet. */
    public static String base() {
        return resource("base.css");
    }

    private static String resource(String name) {
        try (InputStream in = Html.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("page: resource " + name + " is missing from the program. Build it again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** PNG by way of a file, which is deleted at once. */
    private static byte[] png(Tensor picture) {
        try {
            Path file = Files.createTempFile("lamina-picture", ".png");
            try {
                ImageFile.writePng(file, picture);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("page: a picture cannot be written: " + e.getMessage(), e);
        }
    }
}

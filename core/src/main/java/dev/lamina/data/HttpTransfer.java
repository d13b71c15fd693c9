package dev.lamina.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One attempt to fetch the rest of a file by HTTP. Not thread-safe.
 *
 * <p>It uses {@link HttpURLConnection} because its read timeout also covers a body that stalls.
 */
final class HttpTransfer {
    private static final int REDIRECTS = 5;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d+)-\\d+|\\*)/(\\d+|\\*)");

    private final URI address;
    private final FileChannel part;
    private final String name;
    private final Duration timeout;
    private final DownloadProgress progress;

    /** An answer other than the file. */
    static final class StatusException extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        StatusException(int status, URI address) {
            super("HTTP status " + status + " from " + address);
            this.status = status;
        }

        /** True if asking again may help: 408, 425, 429 and 5xx other than 501 and 505. */
        boolean isTemporary() {
            return status == 408 || status == 425 || status == 429 || status >= 500 && status != 501 && status != 505;
        }
    }

    HttpTransfer(URI address, FileChannel part, String name, Duration timeout, DownloadProgress progress) {
        this.address = address;
        this.part = part;
        this.name = name;
        this.timeout = timeout;
        this.progress = progress;
    }

    /** Appends what is missing, or writes the whole file if the server cannot resume. True if earlier bytes were kept. */
    boolean run() throws IOException {
        long have = part.size();
        HttpURLConnection connection = open(have);
        try {
            int status = connection.getResponseCode();
            Matcher range = CONTENT_RANGE.matcher(String.valueOf(connection.getHeaderField("Content-Range")));
            boolean ranged = range.matches();
            if (status == RANGE_NOT_SATISFIABLE && have > 0) {
                if (ranged && range.group(2).equals(Long.toString(have))) {
                    return true;
                }
                part.truncate(0);
                throw new IOException("the server refused to resume at byte " + have + " of " + address);
            }
            if (status == HttpURLConnection.HTTP_PARTIAL && have > 0) {
                if (!ranged || !Long.toString(have).equals(range.group(1))) {
                    part.truncate(0);
                    throw new IOException("the server resumed at another byte than " + have + " of " + address);
                }
                copy(connection, have, range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2)));
                return true;
            }
            if (status != HttpURLConnection.HTTP_OK) {
                throw new StatusException(status, address);
            }
            part.truncate(0);
            copy(connection, 0, connection.getContentLengthLong());
            return false;
        } finally {
            connection.disconnect();
        }
    }

    private HttpURLConnection open(long have) throws IOException {
        URI target = address;
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            String scheme = String.valueOf(target.getScheme());
            if (!scheme.equals("https") && !(scheme.equals("http") && "http".equals(address.getScheme()))) {
                throw new DataException("download \"" + name + "\": address " + target + " has scheme " + scheme
                        + ", needs https (or http, if it began so).");
            }
            HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) timeout.toMillis());
            connection.setReadTimeout((int) timeout.toMillis());
            connection.setRequestProperty("User-Agent", "lamina");
            connection.setRequestProperty("Accept-Encoding", "identity");
            if (have > 0) {
                connection.setRequestProperty("Range", "bytes=" + have + "-");
            }
            int status = connection.getResponseCode();
            String location = connection.getHeaderField("Location");
            if (status < 301 || status > 308 || status > 303 && status < 307 || location == null) {
                return connection;
            }
            connection.disconnect();
            target = resolve(target, location);
        }
        throw new DataException("download \"" + name + "\": more than " + REDIRECTS + " redirects from " + address + ".");
    }

    private URI resolve(URI from, String location) throws DataException {
        try {
            return from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new DataException("download \"" + name + "\": " + from + " redirects to \"" + location + "\", which is no address.", e);
        }
    }

    private void copy(HttpURLConnection connection, long from, long total) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long done = from;
        try (InputStream in = connection.getInputStream()) {
            progress.update(name, done, total);
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                write(ByteBuffer.wrap(buffer, 0, read), done);
                done += read;
                progress.update(name, done, total);
            }
        }
        if (total >= 0 && done != total) {
            throw new EOFException("the connection ended after " + done + " of " + total + " bytes");
        }
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                part.write(bytes, at + bytes.position());
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException("download \"" + name + "\": cannot write byte " + at + ": " + e.getMessage()
                    + ". Is the disk full? Free some space and run again; the download resumes.", e);
        }
    }
}

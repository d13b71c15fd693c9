package dev.lamina.cpu.vector;

/**
 * A pooling between two sets of maps, row by row of the one that is written. A unit is the maps that lie together in memory:
 * {@code inner} channels of an image.
 */
abstract class ImagesPooling implements Kernel {
    private static final long SMALL = 16 * 1024;

    final ImagesTaps rows;
    final ImagesTaps columns;
    final int inner;
    /** Of each thread, for maps that lie by themselves. */
    final ImagesRow[] own;
    private final int channels;
    private final int groups;
    private final long units;
    private final int written;
    private final Team team;
    private final Team.Task task = this::share;

    /** A pooling whose large maps are {@code in}, whose small maps {@code out}. */
    ImagesPooling(Team given, Images in, Images out, ImagesTaps rows, ImagesTaps columns, Result result) {
        in.requirePooled(out);
        this.rows = rows;
        this.columns = columns;
        channels = Math.toIntExact(in.c());
        inner = (int) in.inner();
        groups = (int) in.groups();
        units = in.n() * groups;
        written = switch (result) {
            case POOLED -> rows.windows();
            case MAPS -> rows.extent();
        };
        team = Math.max(in.elements(), out.elements()) < SMALL ? Team.single() : given;
        own = new ImagesRow[team.threads()];
        java.util.Arrays.setAll(own, _ -> new ImagesRow(Math.max(columns.extent(), columns.windows())));
    }

    /** What is written. */
    enum Result { POOLED, MAPS }

    /** Reads the pointers. */
    abstract void bind();

    /** Writes a row of a unit. */
    abstract void row(int thread, long unit, int row);

    @Override
    public void run() {
        bind();
        team.run(task);
    }

    private void share(int thread, int threads) {
        long end = Team.start(units * written, thread + 1, threads);
        for (long i = Team.start(units * written, thread, threads); i < end; i++) {
            row(thread, i / written, (int) (i % written));
        }
    }

    /** Bytes from a buffer's start to a place of a unit in the large maps. */
    final long inMaps(long unit, int row, int column) {
        return ((unit * rows.extent() + row) * columns.extent() + column) * bytes();
    }

    /** Bytes from a buffer's start to a place of a unit in the pooled maps. */
    final long inPooled(long unit, int row, int column) {
        return ((unit * rows.windows() + row) * columns.windows() + column) * bytes();
    }

    /** Bytes of a place. */
    final long bytes() {
        return (long) inner * Float.BYTES;
    }

    /** Channels of a unit that exist; the others are padding. */
    final int present(long unit) {
        return Math.min(inner, channels - (int) (unit % groups) * inner);
    }
}

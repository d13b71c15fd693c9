package dev.lamina.cpu.vector;

import dev.lamina.graph.GraphException;

/**
 * A pooling between two sets of maps, row by row of the one that is written. A unit is the maps that lie together in memory:
 * {@code inner} channels of an image.
 */
abstract class ImagesPooling implements Kernel {
    private static final long SMALL = 16 * 1024;

    final ImagesTaps rows;
    final ImagesTaps columns;
    final int inner;
    private final int channels;
    private final int groups;
    private final long units;
    private final int written;
    private final Team team;
    private final Team.Task task = this::share;

    /** A pooling whose large maps are {@code in}, whose small maps {@code out}. */
    ImagesPooling(Team given, Images in, Images out, ImagesTaps rows, ImagesTaps columns, Result result) {
        if (in.n() != out.n() || in.c() != out.c() || in.order() != out.order()) {
            throw new GraphException("pooling: maps %s and pooled maps %s need the same images, channels and order.".formatted(in, out));
        }
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
    }

    /** What is written. */
    enum Result { POOLED, MAPS }

    /** Reads the pointers. */
    abstract void bind();

    /** Writes a row of a unit. */
    abstract void row(long unit, int row);

    @Override
    public void run() {
        bind();
        team.run(task);
    }

    private void share(int thread, int threads) {
        long end = Team.start(units * written, thread + 1, threads);
        for (long i = Team.start(units * written, thread, threads); i < end; i++) {
            row(i / written, (int) (i % written));
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

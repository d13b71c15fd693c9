package dev.lamina.cpu.vector;

/**
 * Images as values of channels: groups of {@code inner} channels that lie together, and of each group runs of consecutive places. Work is
 * cut into chunks of one group that fit a core's cache. The cut depends on the layout only, so sums that are made by chunk and merged in
 * the chunks' order do not depend on threads.
 *
 * <p>Elements of a run are taken in rows of one period, a multiple of {@code inner} that fills vectors, whatever the order: one channel
 * of PLAIN, whose {@code inner} is 1, sixteen of BLOCKED_16, or six of CHANNELS_LAST, where 32 places of six channels are one row.
 */
final class ImagesChannels {
    private static final int CHUNK_FLOATS = 16 * 1024;
    private static final int LEAST_PLACES = 32;
    private static final int LARGEST_PERIOD = 1024;
    private static final int TILE_ROWS = 8;

    final int channels;
    final int groups;
    final int inner;
    final int period;
    final int chunksPerGroup;
    private final long runs;
    private final long places;
    private final int parts;
    private final int piece;
    private final int piecesPerChunk;
    private final long pieces;
    private final int tileRows;

    ImagesChannels(Images images) {
        channels = Math.toIntExact(images.c());
        boolean onePlace = images.order() == Images.Order.PLAIN && images.h() * images.w() == 1;
        boolean together = images.order() == Images.Order.CHANNELS_LAST || onePlace;
        inner = together ? channels : (int) images.inner();
        groups = Math.ceilDiv(channels, inner);
        runs = together ? 1 : images.n();
        places = together ? images.n() * images.h() * images.w() : images.h() * images.w();
        period = period(inner);
        int perChunk = Math.max(LEAST_PLACES, CHUNK_FLOATS / inner);
        perChunk = Math.ceilDiv(perChunk, period / inner) * (period / inner);
        parts = Math.toIntExact(Math.ceilDiv(places, (long) perChunk));
        piece = (int) Math.min(perChunk, places);
        piecesPerChunk = parts == 1 ? Math.max(1, perChunk / piece) : 1;
        pieces = runs * parts;
        chunksPerGroup = Math.toIntExact(Math.ceilDiv(pieces, (long) piecesPerChunk));
        tileRows = period <= ImagesSweep.WIDE * Raw.LANES ? Integer.MAX_VALUE : TILE_ROWS;
    }

    /** The least multiple that fills wide tiles, or else vectors, if small; else one of some hundred elements. */
    private static int period(int inner) {
        for (int fill : new int[] {ImagesSweep.WIDE * Raw.LANES, Raw.LANES}) {
            long common = (long) inner / gcd(inner, fill) * fill;
            if (common <= LARGEST_PERIOD) {
                return (int) common;
            }
        }
        return inner * Math.ceilDiv(LARGEST_PERIOD / 2, inner);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Chunks of all groups, those of a group together. */
    int chunks() {
        return groups * chunksPerGroup;
    }

    /** Elements in memory. */
    long elements() {
        return runs * groups * places * inner;
    }

    /** Values of a channel. */
    long count() {
        return runs * places;
    }

    /** Values of a channel in a chunk. */
    long count(int chunk) {
        long first = (long) (chunk % chunksPerGroup) * piecesPerChunk;
        long count = 0;
        for (long i = first; i < Math.min(pieces, first + piecesPerChunk); i++) {
            count += length((int) (i % parts));
        }
        return count;
    }

    private int length(int part) {
        return (int) Math.min(piece, places - (long) part * piece);
    }

    /** Does the work on a chunk. */
    void sweep(ImagesSweep work, int chunk) {
        int group = chunk / chunksPerGroup;
        long first = (long) (chunk % chunksPerGroup) * piecesPerChunk;
        long end = Math.min(pieces, first + piecesPerChunk);
        for (long i = first; i < end; i++) {
            int part = (int) (i % parts);
            long place = (i / parts * groups + group) * places + (long) part * piece;
            run(work, place * inner * Float.BYTES, length(part) * inner);
        }
    }

    private void run(ImagesSweep work, long offset, int floats) {
        int rows = floats / period;
        long stride = (long) period * Float.BYTES;
        for (int row = 0; row < rows; ) {
            int some = Math.min(tileRows, rows - row);
            tiles(work, offset + row * stride, some, stride, period);
            row += some;
        }
        tiles(work, offset + rows * stride, 1, stride, floats - rows * period);
    }

    private static void tiles(ImagesSweep work, long offset, int rows, long stride, int width) {
        int lane = 0;
        for (; lane + ImagesSweep.WIDE * Raw.LANES <= width; lane += ImagesSweep.WIDE * Raw.LANES) {
            work.wide(offset + (long) lane * Float.BYTES, rows, stride, lane);
        }
        for (; lane < width; lane += Raw.LANES) {
            work.narrow(offset + (long) lane * Float.BYTES, rows, stride, lane, Math.min(Raw.LANES, width - lane));
        }
    }

    /** Adds up the lanes of each channel, in their order. */
    void fold(float[] lanes, double[] sums) {
        java.util.Arrays.fill(sums, 0);
        for (int from = 0; from < period; from += inner) {
            for (int c = 0; c < inner; c++) {
                sums[c] += lanes[from + c];
            }
        }
    }

    /** Gives each lane its channel's value. */
    void spread(float[] values, float[] lanes) {
        for (int from = 0; from < period; from += inner) {
            for (int c = 0; c < inner; c++) {
                lanes[from + c] = values[c];
            }
        }
    }

    /** Channels of a group that exist; the others are padding. */
    int present(int group) {
        return Math.min(inner, channels - group * inner);
    }

    /** The team, or the caller alone where waking the others would cost more than they do. */
    static Team fit(Team team, long elements) {
        return elements < CHUNK_FLOATS ? Team.single() : team;
    }
}

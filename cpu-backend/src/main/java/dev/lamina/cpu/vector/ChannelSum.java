package dev.lamina.cpu.vector;

import java.lang.foreign.ValueLayout;

/** Sums over images and maps: a bias's gradient. Added by chunk in float32, then in double; the same whatever the number of threads. */
public final class ChannelSum implements Kernel {
    private final Team team;
    private final ImagesChannels view;
    private final Pointer g;
    private final Pointer y;
    private final Pointer sums;
    private final Scratch[] scratch;
    private final double[] chunkSums;
    private final Team.Task task = this::sums;

    private record Scratch(ChannelSumLanes plain, ChannelSumRectified rectified, double[] sums) {
        Scratch(ImagesChannels view) {
            this(new ChannelSumLanes(view.period), new ChannelSumRectified(view.period), new double[view.inner]);
        }
    }

    private ChannelSum(Team given, Images images, Pointer g, Pointer y, Pointer sums) {
        this.view = new ImagesChannels(images);
        this.team = ImagesChannels.fit(given, view.elements());
        this.g = g;
        this.y = y;
        this.sums = sums;
        this.scratch = new Scratch[team.threads()];
        java.util.Arrays.setAll(scratch, _ -> new Scratch(view));
        this.chunkSums = new double[Math.multiplyExact(view.chunks(), view.inner)];
    }

    /** A kernel of {@code sums[c] = Σ g[n, c, h, w]}; sums is plain float32 {@code [C]}. */
    public static Kernel of(Team team, Images images, Pointer g, Pointer sums) {
        return new ChannelSum(team, images, g, null, sums);
    }

    /** A kernel that first passes g through a rectifier with output y, in place: {@code g ← g 1[y > 0]}, then {@code sums[c] = Σ g}. */
    public static Kernel ofRectified(Team team, Images images, Pointer g, Pointer y, Pointer sums) {
        return new ChannelSum(team, images, g, y, sums);
    }

    @Override
    public void run() {
        team.run(task);
        for (int group = 0; group < view.groups; group++) {
            merge(group);
        }
    }

    private void sums(int thread, int threads) {
        Scratch own = scratch[thread];
        int end = (int) Team.start(view.chunks(), thread + 1, threads);
        for (int chunk = (int) Team.start(view.chunks(), thread, threads); chunk < end; chunk++) {
            float[] lanes = y == null ? own.plain.of(view, chunk, g.address()) : own.rectified.of(view, chunk, g.address(), y.address());
            view.fold(lanes, own.sums);
            System.arraycopy(own.sums, 0, chunkSums, chunk * view.inner, view.inner);
        }
    }

    private void merge(int group) {
        int from = group * view.chunksPerGroup * view.inner;
        int end = from + view.chunksPerGroup * view.inner;
        for (int c = 0; c < view.present(group); c++) {
            double sum = 0;
            for (int i = from + c; i < end; i += view.inner) {
                sum += chunkSums[i];
            }
            Raw.ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, sums.address() + (long) (group * view.inner + c) * Float.BYTES, (float) sum);
        }
    }
}

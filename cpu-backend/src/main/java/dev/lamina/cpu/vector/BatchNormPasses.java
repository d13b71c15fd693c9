package dev.lamina.cpu.vector;

/**
 * Two passes over images: sums of each chunk, then, with the sums of its channels merged, a result for each element. Where threads can
 * take whole groups of channels, each does both passes over a group while it is in its cache; otherwise all do the first pass, then all
 * the second, each from its end backwards, since what was read last is still near. Both give the same numbers.
 */
abstract class BatchNormPasses extends BatchNormPass {
    private final boolean wholeGroups;
    private final Team.Task groups = this::groups;
    private final Team.Task measure = this::measureAll;

    BatchNormPasses(Team given, Images images) {
        super(given, images);
        int rounds = Math.ceilDiv(view.groups, threads);
        wholeGroups = threads == 1 || view.groups * 8L >= rounds * 7L * threads;
    }

    /** Sums of a chunk. */
    abstract void measure(int thread, int chunk);

    @Override
    public void run() {
        if (wholeGroups || view.chunksPerGroup == 0) {
            team.run(groups);
        } else {
            team.run(measure);
            super.run();
        }
    }

    private void groups(int thread, int all) {
        int end = (int) Team.start(view.groups, thread + 1, all);
        for (int group = (int) Team.start(view.groups, thread, all); group < end; group++) {
            int first = group * view.chunksPerGroup;
            for (int chunk = first; chunk < first + view.chunksPerGroup; chunk++) {
                measure(thread, chunk);
            }
            prepare(thread, group);
            publish(thread, group);
            for (int chunk = first + view.chunksPerGroup - 1; chunk >= first; chunk--) {
                apply(thread, chunk);
            }
        }
    }

    private void measureAll(int thread, int all) {
        int end = (int) Team.start(view.chunks(), thread + 1, all);
        for (int chunk = (int) Team.start(view.chunks(), thread, all); chunk < end; chunk++) {
            measure(thread, chunk);
        }
    }
}

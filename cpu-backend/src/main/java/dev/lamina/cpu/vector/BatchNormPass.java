package dev.lamina.cpu.vector;

import java.lang.foreign.ValueLayout;

/** A pass over images that prepares the numbers of a group of channels and gives each element of its chunks a result. */
abstract class BatchNormPass implements Kernel {
    final ImagesChannels view;
    final int threads;
    final Team team;
    private final Team.Task apply = this::applyAll;

    BatchNormPass(Team given, Images images) {
        view = new ImagesChannels(images);
        team = ImagesChannels.fit(given, view.elements());
        threads = team.threads();
    }

    /** Prepares a group's numbers for the thread that asks. */
    abstract void prepare(int thread, int group);

    /** Writes a group's numbers for others to read; once for each group. */
    abstract void publish(int thread, int group);

    /** Results of a chunk of the group prepared last. */
    abstract void apply(int thread, int chunk);

    @Override
    public void run() {
        team.run(apply);
    }

    private void applyAll(int thread, int all) {
        int first = (int) Team.start(view.chunks(), thread, all);
        int prepared = -1;
        for (int chunk = (int) Team.start(view.chunks(), thread + 1, all) - 1; chunk >= first; chunk--) {
            int group = chunk / view.chunksPerGroup;
            if (group != prepared) {
                prepare(thread, group);
                prepared = group;
            }
            if (chunk % view.chunksPerGroup == 0) {
                publish(thread, group);
            }
            apply(thread, chunk);
        }
    }

    /** A number of a channel of a group. */
    final float number(Pointer numbers, int group, int c) {
        return Raw.ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at(numbers, group, c));
    }

    final void number(Pointer numbers, int group, int c, double value) {
        Raw.ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at(numbers, group, c), (float) value);
    }

    private long at(Pointer numbers, int group, int c) {
        return numbers.address() + (long) (group * view.inner + c) * Float.BYTES;
    }
}

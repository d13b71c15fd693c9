package dev.lamina.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/**
 * DJL with its PyTorch engine, by its own layers, trainer and optimizer. Inputs are made once; whatever a step creates belongs to a manager
 * that is closed after it.
 */
public final class DjlPeer {
    private static final String NAME = "djl";
    private static final float RATE = 0.01f;

    private DjlPeer() { }

    /** Measures; see {@link Peer.Task} for the arguments. */
    public static void main(String[] args) throws Exception {
        Peer.Task task = Peer.Task.parse(args);
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(task.threads()));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.offline", "true");
        Workload workload = task.workload();
        Engine engine = Engine.getEngine("PyTorch");
        engine.setRandomSeed(1);
        try (Model model = Model.newInstance(workload.label(), Device.cpu()); NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            model.setBlock(DjlNetwork.of(workload.steps()));
            NDArray images = manager.randomNormal(new Shape(workload.input()));
            if (task.training()) {
                train(task, engine, model, manager, images);
            } else {
                infer(task, engine, model, manager, images);
            }
        }
    }

    private static void train(Peer.Task task, Engine engine, Model model, NDManager manager, NDArray images) throws Exception {
        Workload workload = task.workload();
        NDArray labels = manager.randomInteger(0, workload.classes(), new Shape(workload.batch()), DataType.INT64);
        Loss loss = Loss.softmaxCrossEntropyLoss();
        DefaultTrainingConfig config = new DefaultTrainingConfig(loss).optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(RATE)).optMomentum(0.9f).build());
        try (Trainer trainer = model.newTrainer(config)) {
            trainer.initialize(images.getShape());
            Peer.measure(NAME, engine.getVersion(), task, () -> step(trainer, loss, manager, images, labels));
        }
    }

    private static void step(Trainer trainer, Loss loss, NDManager manager, NDArray images, NDArray labels) {
        try (NDManager step = manager.newSubManager()) {
            NDList input = new NDList(images);
            NDList target = new NDList(labels);
            input.tempAttach(step);
            target.tempAttach(step);
            NDArray value;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                value = loss.evaluate(target, trainer.forward(input));
                collector.backward(value);
            }
            trainer.step();
            float number = value.getFloat();
            if (!Float.isFinite(number)) {
                throw new IllegalStateException("djl: the loss is " + number + "; speeds of such a run mean nothing.");
            }
        }
    }

    /** DJL records gradients within a collector only, so that here there are none. */
    private static void infer(Peer.Task task, Engine engine, Model model, NDManager manager, NDArray images) throws Exception {
        Block block = model.getBlock();
        block.initialize(manager, DataType.FLOAT32, images.getShape());
        ParameterStore parameters = new ParameterStore(manager, false);
        Peer.measure(NAME, engine.getVersion(), task, () -> {
            try (NDManager step = manager.newSubManager()) {
                NDList input = new NDList(images);
                input.tempAttach(step);
                block.forward(parameters, input, false);
            }
        });
    }
}

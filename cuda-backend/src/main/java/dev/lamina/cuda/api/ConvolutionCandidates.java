package dev.lamina.cuda.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks cuDNN which algorithms a pass of a convolution has, the best first. */
final class ConvolutionCandidates {
    private static final Logger LOG = LoggerFactory.getLogger(ConvolutionCandidates.class);
    private static final int MOST = 32;

    private ConvolutionCandidates() { }

    /** Memory that a search works on: what it holds is of no weight. */
    private record Scratch(Raw.Host input, Raw.Host filter, Raw.Host output, Raw.Host workspace, long workspaceBytes) {
    }

    /** The descriptors that every question takes. */
    private record Described(cudnnTensorDescriptor input, cudnnFilterDescriptor filter, cudnnTensorDescriptor output,
            cudnnConvolutionDescriptor convolution) {
        static Described of(DnnDescriptors descriptors, ConvolutionShape shape) {
            return new Described(descriptors.tensor(shape.input()), descriptors.filter(shape.filter()), descriptors.tensor(shape.output()),
                    descriptors.convolution(shape, mathType(shape.arithmetic())));
        }
    }

    /** What the three kinds of cuDNN's answers have in common. */
    private record Answer(int status, ConvolutionAlgorithm algorithm) {
    }

    /** cuDNN's guesses. */
    static List<ConvolutionAlgorithm> guessed(Dnn dnn, ConvolutionShape shape, ConvolutionPass pass) {
        try (DnnDescriptors descriptors = new DnnDescriptors(dnn.context())) {
            Described d = Described.of(descriptors, shape);
            return algorithms(shape, ask(dnn.use(), shape, pass, d));
        }
    }

    /** The algorithms that work within so many bytes, by their measured time. */
    static List<ConvolutionAlgorithm> measured(Dnn dnn, ConvolutionShape shape, ConvolutionPass pass, long workspaceBytes) {
        List<ConvolutionAlgorithm> found = new ArrayList<>();
        try (DnnDescriptors descriptors = new DnnDescriptors(dnn.context())) {
            Described d = Described.of(descriptors, shape);
            withScratch(dnn, shape, workspaceBytes, scratch -> found.addAll(algorithms(shape, time(dnn.use(), shape, pass, d, scratch))));
        }
        return found;
    }

    /** Whether an algorithm does the pass with a bias; found out by running it once. */
    static boolean worksBiased(Dnn dnn, ConvolutionShape shape, ConvolutionPass pass, ConvolutionAlgorithm algorithm) {
        boolean[] works = new boolean[1];
        try (DnnConvolution convolution = new DnnConvolution(dnn, shape, pass, algorithm);
                DeviceMemory bias = dnn.context().allocate((long) shape.filter().k() * shape.filter().type().bytes(), "a bias's trial")) {
            withScratch(dnn, shape, algorithm.workspaceBytes(), scratch -> {
                int status = convolution.tryBiased(dnn.use(), scratch.input, scratch.filter, new Raw.Host(bias.address()), scratch.output,
                        scratch.output, scratch.workspace);
                if (status != DnnStatus.SUCCESS && !DnnStatus.isNotSupported(status)) {
                    Dnn.check(status, "cudnnConvolutionBiasActivationForward", () -> shape + ", " + algorithm);
                }
                works[0] = status == DnnStatus.SUCCESS;
                wait(dnn);
            });
        }
        return works[0];
    }

    private static void withScratch(Dnn dnn, ConvolutionShape shape, long workspaceBytes, Consumer<Scratch> use) {
        Context context = dnn.context();
        try (DeviceMemory input = context.allocate(shape.input().bytes(), "the search of a convolution (input)");
                DeviceMemory filter = context.allocate(shape.filter().bytes(), "the search of a convolution (filter)");
                DeviceMemory output = context.allocate(shape.output().bytes(), "the search of a convolution (output)");
                DeviceMemory workspace = context.allocate(Math.max(1, workspaceBytes), "the search of a convolution (workspace)");
                Stream clearing = context.stream()) {
            for (DeviceMemory memory : List.of(input, filter, output)) {
                clearing.fill(memory.address(), (byte) 0, memory.bytes());
            }
            clearing.synchronize();
            use.accept(new Scratch(new Raw.Host(input.address()), new Raw.Host(filter.address()), new Raw.Host(output.address()),
                    new Raw.Host(workspace.address()), workspaceBytes));
            wait(dnn);
        }
    }

    private static void wait(Dnn dnn) {
        if (dnn.stream() == null) {
            dnn.context().synchronize();
        } else {
            dnn.stream().synchronize();
        }
    }

    private static List<ConvolutionAlgorithm> algorithms(ConvolutionShape shape, List<Answer> answers) {
        return answers.stream().filter(a -> a.status == DnnStatus.SUCCESS).map(a -> a.algorithm)
                .map(a -> new ConvolutionAlgorithm(a.number(), mathType(shape.arithmetic(), a.mathType()), a.workspaceBytes(),
                        a.deterministic(), a.milliseconds())).toList();
    }

    /** The math type to ask with. Only FMA forbids tensor cores on float32. */
    private static int mathType(Arithmetic arithmetic) {
        return switch (arithmetic) {
            case FLOAT32 -> cudnnMathType.CUDNN_FMA_MATH;
            case TF32, FLOAT64 -> cudnnMathType.CUDNN_DEFAULT_MATH;
            case BFLOAT16 -> cudnnMathType.CUDNN_TENSOR_OP_MATH;
        };
    }

    /** The math type to run with: that of the answer, except that float32 stays strict, whatever the answer says. */
    private static int mathType(Arithmetic arithmetic, int answered) {
        return switch (arithmetic) {
            case FLOAT32 -> cudnnMathType.CUDNN_FMA_MATH;
            case TF32, FLOAT64, BFLOAT16 -> answered;
        };
    }

    private static List<Answer> ask(cudnnHandle handle, ConvolutionShape shape, ConvolutionPass pass, Described d) {
        int[] count = new int[1];
        return switch (pass) {
            case FORWARD, FORWARD_BIAS, FORWARD_BIAS_RELU, FORWARD_BIAS_SUM_RELU -> {
                cudnnConvolutionFwdAlgoPerf[] found = forwardAnswers();
                boolean answered = answered(() -> JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(handle, d.input, d.filter,
                        d.convolution, d.output, MOST, count, found), "cudnnGetConvolutionForwardAlgorithm_v7", shape);
                yield answered ? forward(found, count[0]) : List.of();
            }
            case DATA_GRADIENT -> {
                cudnnConvolutionBwdDataAlgoPerf[] found = dataAnswers();
                boolean answered = answered(() -> JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, d.filter, d.output,
                        d.convolution, d.input, MOST, count, found), "cudnnGetConvolutionBackwardDataAlgorithm_v7", shape);
                yield answered ? data(found, count[0]) : List.of();
            }
            case FILTER_GRADIENT -> {
                cudnnConvolutionBwdFilterAlgoPerf[] found = filterAnswers();
                boolean answered = answered(() -> JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, d.input, d.output,
                        d.convolution, d.filter, MOST, count, found), "cudnnGetConvolutionBackwardFilterAlgorithm_v7", shape);
                yield answered ? filter(found, count[0]) : List.of();
            }
        };
    }

    private static List<Answer> time(cudnnHandle handle, ConvolutionShape shape, ConvolutionPass pass, Described d, Scratch s) {
        int[] count = new int[1];
        return switch (pass) {
            case FORWARD, FORWARD_BIAS, FORWARD_BIAS_RELU, FORWARD_BIAS_SUM_RELU -> {
                cudnnConvolutionFwdAlgoPerf[] found = forwardAnswers();
                boolean answered = answered(() -> JCudnn.cudnnFindConvolutionForwardAlgorithmEx(handle, d.input, s.input, d.filter,
                        s.filter, d.convolution, d.output, s.output, MOST, count, found, s.workspace, s.workspaceBytes),
                        "cudnnFindConvolutionForwardAlgorithmEx", shape);
                yield answered ? forward(found, count[0]) : List.of();
            }
            case DATA_GRADIENT -> {
                cudnnConvolutionBwdDataAlgoPerf[] found = dataAnswers();
                boolean answered = answered(() -> JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(handle, d.filter, s.filter,
                        d.output, s.output, d.convolution, d.input, s.input, MOST, count, found, s.workspace, s.workspaceBytes),
                        "cudnnFindConvolutionBackwardDataAlgorithmEx", shape);
                yield answered ? data(found, count[0]) : List.of();
            }
            case FILTER_GRADIENT -> {
                cudnnConvolutionBwdFilterAlgoPerf[] found = filterAnswers();
                boolean answered = answered(() -> JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(handle, d.input, s.input,
                        d.output, s.output, d.convolution, d.filter, s.filter, MOST, count, found, s.workspace, s.workspaceBytes),
                        "cudnnFindConvolutionBackwardFilterAlgorithmEx", shape);
                yield answered ? filter(found, count[0]) : List.of();
            }
        };
    }

    private static cudnnConvolutionFwdAlgoPerf[] forwardAnswers() {
        cudnnConvolutionFwdAlgoPerf[] answers = new cudnnConvolutionFwdAlgoPerf[MOST];
        Arrays.setAll(answers, _ -> new cudnnConvolutionFwdAlgoPerf());
        return answers;
    }

    private static cudnnConvolutionBwdDataAlgoPerf[] dataAnswers() {
        cudnnConvolutionBwdDataAlgoPerf[] answers = new cudnnConvolutionBwdDataAlgoPerf[MOST];
        Arrays.setAll(answers, _ -> new cudnnConvolutionBwdDataAlgoPerf());
        return answers;
    }

    private static cudnnConvolutionBwdFilterAlgoPerf[] filterAnswers() {
        cudnnConvolutionBwdFilterAlgoPerf[] answers = new cudnnConvolutionBwdFilterAlgoPerf[MOST];
        Arrays.setAll(answers, _ -> new cudnnConvolutionBwdFilterAlgoPerf());
        return answers;
    }

    private static List<Answer> forward(cudnnConvolutionFwdAlgoPerf[] found, int count) {
        return Arrays.stream(found, 0, count).map(p -> answer(p.status, p.algo, p.mathType, p.memory, p.determinism, p.time)).toList();
    }

    private static List<Answer> data(cudnnConvolutionBwdDataAlgoPerf[] found, int count) {
        return Arrays.stream(found, 0, count).map(p -> answer(p.status, p.algo, p.mathType, p.memory, p.determinism, p.time)).toList();
    }

    private static List<Answer> filter(cudnnConvolutionBwdFilterAlgoPerf[] found, int count) {
        return Arrays.stream(found, 0, count).map(p -> answer(p.status, p.algo, p.mathType, p.memory, p.determinism, p.time)).toList();
    }

    private static Answer answer(int status, int number, int mathType, long memory, int determinism, float time) {
        return new Answer(status,
                new ConvolutionAlgorithm(number, mathType, memory, determinism == cudnnDeterminism.CUDNN_DETERMINISTIC, time));
    }

    /** False where cuDNN has none: a legal convolution that no algorithm takes. */
    private static boolean answered(IntSupplier question, String call, ConvolutionShape shape) {
        int status;
        try {
            status = question.getAsInt();
        } catch (ArrayIndexOutOfBoundsException e) {
            // A call that refuses may leave the number of answers unwritten; JCuda copies as many all the same, and never gives the status.
            LOG.warn("{} gave no answer for {}: taken for a convolution that cuDNN does not support", call, shape);
            return false;
        }
        if (DnnStatus.isNotSupported(status)) {
            return false;
        }
        Dnn.check(status, call, shape::toString);
        return true;
    }
}

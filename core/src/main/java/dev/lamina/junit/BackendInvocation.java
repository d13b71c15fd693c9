package dev.lamina.junit;

import dev.lamina.backend.Backend;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.AssertionFailedError;

/**
 * One run of a test: on a backend, skipped, or failed for want of it.
 *
 * @param candidate the backend
 * @param required whether it must be available
 */
record BackendInvocation(Candidate candidate, boolean required)
        implements TestTemplateInvocationContext, ExecutionCondition, BeforeEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(BackendExtension.class);

    @Override
    public String getDisplayName(int index) {
        return candidate.opens() ? candidate.name() : candidate.reason();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return candidate.opens() || required ? ConditionEvaluationResult.enabled(candidate.name())
                : ConditionEvaluationResult.disabled(candidate.reason());
    }

    /** Fails before the test's own preparations, if what it needs is not there. */
    @Override
    public void beforeEach(ExtensionContext context) {
        requireThere();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Backend.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        requireThere();
        return classContext(context).getStore(NAMESPACE).getOrComputeIfAbsent(candidate.name(), _ -> candidate.open(), Backend.class);
    }

    private void requireThere() {
        if (!candidate.opens()) {
            throw new AssertionFailedError(candidate.failure());
        }
    }

    /** The context of the innermost test class: its store closes the backend when the class is done. */
    private static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext at = context;
        while (at.getTestMethod().isPresent()) {
            at = at.getParent().orElseThrow();
        }
        return at;
    }
}

package dev.lamina.junit;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs the tests of {@link BackendTest}. Stateless. */
final class BackendExtension implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), BackendTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        List<String> wanted = AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), BackendTest.class)
                .map(test -> Arrays.asList(test.value())).orElse(List.of());
        Set<String> required = Candidate.required(context.getConfigurationParameter(Candidate.REQUIRE));
        List<Candidate> all = Candidate.all(required);
        List<String> names = all.stream().map(Candidate::name).toList();
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw new ExtensionConfigurationException("@BackendTest of " + context.getRequiredTestMethod().getName()
                        + ": backend \"" + name + "\" is not on the class path, where there are only " + names
                        + ". Add its artifact, or leave the name out.");
            }
        }
        return all.stream().filter(candidate -> wanted.isEmpty() || wanted.contains(candidate.name()))
                .map(candidate -> new BackendInvocation(candidate, required.contains(candidate.name())));
    }
}

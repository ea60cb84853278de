package io.eric.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Finds the commands of {@link RequiresCommand} on the path. */
final class RequiredCommandCondition implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<String> missing =
        AnnotationSupport.findAnnotation(context.getElement(), RequiresCommand.class)
            .map(RequiresCommand::value)
            .map(Arrays::stream)
            .map(commands -> commands.filter(command -> !isOnPath(command)).toList())
            .orElse(List.of());
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("all commands are there");
    }
    String reason = context.getDisplayName() + " needs " + missing + ", which this machine lacks";
    if ("1".equals(System.getenv("ERIC_REQUIRE_ALL"))) {
      throw new AssertionError(reason + " (ERIC_REQUIRE_ALL=1)");
    }
    System.err.println("SKIPPED: " + reason);
    return ConditionEvaluationResult.disabled(reason);
  }

  private static boolean isOnPath(String command) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }
}

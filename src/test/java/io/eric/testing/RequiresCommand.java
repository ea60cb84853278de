package io.eric.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test needs a command of the machine's. Without it the test is skipped with a reason, or fails
 * if the environment says {@code ERIC_REQUIRE_ALL=1}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiredCommandCondition.class)
public @interface RequiresCommand {

  /** Names of executables on the path. */
  String[] value();
}

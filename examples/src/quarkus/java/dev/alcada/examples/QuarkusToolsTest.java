package dev.alcada.examples;

import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools with handlers. */
class QuarkusToolsTest extends QuarkusCells {
  @RegisterExtension static final QuarkusUnitTest QUARKUS = running(QuarkusHandlers.class);
}

package dev.alcada.examples;

import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools with asynchronous handlers. */
class QuarkusAsyncToolsTest extends QuarkusCells {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS =
      running(QuarkusHandlers.class).overrideConfigKey("handlers.async", "true");
}

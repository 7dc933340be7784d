package dev.alcada.examples;

import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools that are annotated methods and hold no thread. */
class QuarkusUniMethodsTest extends QuarkusCells {
  @RegisterExtension static final QuarkusUnitTest QUARKUS = running(QuarkusUniTools.class);
}

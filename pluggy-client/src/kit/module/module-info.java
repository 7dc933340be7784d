import org.jspecify.annotations.NullMarked;

/** A stand-in for Pluggy, for the tests of those who use the client. */
@NullMarked
module dev.alcada.pluggy.testing {
  requires jdk.httpserver;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports dev.alcada.pluggy.testing;
}

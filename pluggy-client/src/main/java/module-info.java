import org.jspecify.annotations.NullMarked;

/**
 * A client of Pluggy: it mints connect tokens, reads Items and webhooks, and offers the minting to
 * an agent as a tool.
 */
@NullMarked
module dev.alcada.pluggy {
  requires transitive okhttp3;
  requires okio;
  requires kotlin.stdlib;
  requires org.slf4j;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  // For ConnectTokenTool. Not transitive, or whoever compiles a module against this one would need
  // it too.
  requires static dev.alcada.core;

  exports dev.alcada.pluggy;
}

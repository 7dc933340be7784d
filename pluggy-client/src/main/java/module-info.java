import org.jspecify.annotations.NullMarked;

/** A client that mints Pluggy connect tokens, and the tool that offers it to an agent. */
@NullMarked
module dev.alcada.pluggy {
  requires transitive dev.alcada.core;
  requires transitive okhttp3;
  requires okio;
  requires kotlin.stdlib;
  requires org.slf4j;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports dev.alcada.pluggy;
}

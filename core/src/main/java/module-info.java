import org.jspecify.annotations.NullMarked;

/**
 * Policy on the tools an AI agent calls: documents, decisions, counters and the guard around a tool
 * handler.
 */
@NullMarked
module dev.alcada.core {
  requires com.github.benmanes.caffeine;
  requires re2j;
  requires org.slf4j;
  requires org.snakeyaml.engine;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  // Integrations: needed only by those who use their package. Not transitive, or whoever compiles a
  // module against this one would need them too.
  requires static io.modelcontextprotocol.sdk.mcp.core;
  requires static reactor.core;
  requires static langchain4j;
  requires static langchain4j.core;
  requires static langchain4j.mcp;

  exports dev.alcada.approval;
  exports dev.alcada.audit;
  exports dev.alcada.counter;
  exports dev.alcada.counter.memory;
  exports dev.alcada.decision;
  exports dev.alcada.guard;
  exports dev.alcada.langchain4j;
  exports dev.alcada.mcp;
  exports dev.alcada.policy;
  exports dev.alcada.time;
}

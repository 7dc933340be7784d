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
  requires static java.sql;
  requires static langchain4j;
  requires static langchain4j.core;
  requires static langchain4j.mcp;
  requires static lettuce.core;
  requires static micrometer.commons;
  requires static io.opentelemetry.api;
  requires static micrometer.core;
  requires static org.reactivestreams;
  requires static spring.ai.client.chat;
  requires static spring.ai.commons;
  requires static spring.ai.mcp.annotations;
  requires static spring.ai.model;
  requires static spring.aop;
  requires static spring.beans;
  requires static spring.boot;
  requires static spring.boot.actuator;
  requires static spring.boot.actuator.autoconfigure;
  requires static spring.boot.autoconfigure;
  requires static spring.context;
  requires static spring.core;
  requires static spring.security.core;

  exports dev.alcada.advice;
  exports dev.alcada.approval;
  exports dev.alcada.audit;
  exports dev.alcada.counter.memory;
  exports dev.alcada.counter;
  exports dev.alcada.decision;
  exports dev.alcada.guard;
  exports dev.alcada.jdbc;
  exports dev.alcada.langchain4j;
  exports dev.alcada.mcp;
  exports dev.alcada.micrometer;
  exports dev.alcada.opentelemetry;
  exports dev.alcada.policy;
  exports dev.alcada.redis;
  exports dev.alcada.spring;
  exports dev.alcada.time;
  exports dev.alcada.tool;

  // Spring makes what is in it.
  opens dev.alcada.spring to
      spring.beans,
      spring.boot,
      spring.boot.actuator,
      spring.context,
      spring.core;
}

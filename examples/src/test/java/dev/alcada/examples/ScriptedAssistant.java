package dev.alcada.examples;

/** An AI service's interface, as LangChain4j's users write it. */
interface ScriptedAssistant {
  String chat(String message);
}

/**
 * Tests of graphs on every backend, for JUnit 5.13 or newer, which its users bring: {@link dev.lamina.junit.BackendTest} runs a test once
 * for each backend, {@link dev.lamina.junit.LaminaAssertions} compares all of them with the reference. Nothing else in Lamina needs JUnit.
 */
package dev.lamina.junit;

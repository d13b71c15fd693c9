/**
 * Which nodes of a graph run together, in which order, and how long their values live: decisions that all compiling backends take alike,
 * under rules of their own. Imports graph and backend only.
 */
package dev.lamina.backend.fusion;

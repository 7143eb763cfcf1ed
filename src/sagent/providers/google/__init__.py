"""Google's wire: generateContent."""

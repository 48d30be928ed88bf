"""The sentence encoder learns the labels of a classifier: its upper blocks move until each label's are alike."""

"""The screens: Textual views of the Watch. They see core only; wishes go to core's Controls."""
